"""The arrays of data sets, memory-mapped from a cache.

MNIST and Fashion-MNIST are bundled; the others are fetched when first chosen (`vaelab.data.downloads`).
Whatever the source, a data set is unpacked once into the cache as plain .npy files:

    <cache>/datasets/<name>/<layout and checksum>/x_train.npy, y_train.npy, x_test.npy, y_test.npy

From there every process maps it into memory in about a millisecond, and all of them share the
same pages. The folder appears by one rename, so that it is complete or not there at all.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vaelab import paths
from vaelab.data.catalogue import DATASETS, DatasetSpec
from vaelab.data.downloads import Arrays, DatasetUnavailable, Progress, obtain, placed_by_hand
from vaelab.settings import read_settings

LAYOUT = 1
"""Version of the format of arrays in the cache; a new version unpacks every data set again."""

ARRAYS = ("x_train", "y_train", "x_test", "y_test")


@dataclass(frozen=True, eq=False)
class Dataset:
    """The arrays of a data set, read-only.

    Examples are (N, *spec.shape) in the numbers of `spec.kind`: images in bytes. Labels are (N,) int64,
    indices into `spec.classes`.
    """

    spec: DatasetSpec
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray

    def first_of_each_class(self) -> np.ndarray:
        """Index of the first test example of each class, in the order of the classes: (classes,) int64."""
        return np.unique(self.y_test, return_index=True)[1]


def load(name: str, *, cache: Path | None = None, progress: Progress | None = None) -> Dataset:
    """Load the arrays of a data set; the first use unpacks it, and fetches it if necessary.

    Parameters
    ----------
    name : str
        A key of `DATASETS`.
    cache : Path, optional
        Cache folder; default `$VAELAB_CACHE`, else `~/.cache/vaelab`. If it cannot be written, a
        bundled data set is read into memory instead.
    progress : callable, optional
        Called with a fraction from 0 to 1 and a sentence while files arrive. An exception that it raises
        ends the work, of which nothing is left.

    Raises
    ------
    ValueError
        If there is no such data set.
    DatasetUnavailable
        If it cannot be fetched; the sentence says which files to put into which folder.
    """
    spec, root = _find(name), _cache_folder(cache)
    return _open(spec, root) or _prepare(spec, root, progress or (lambda fraction, sentence: None))


def is_ready(name: str, *, cache: Path | None = None) -> bool:
    """Whether `load` needs no network: bundled, in the cache, or placed there by hand.

    Raises
    ------
    ValueError
        If there is no such data set.
    """
    spec, root = _find(name), _cache_folder(cache)
    return spec.bundled or _open(spec, root) is not None or placed_by_hand(name, _by_hand(spec, root))


def _find(name: str) -> DatasetSpec:
    if name not in DATASETS:
        raise ValueError(f"dataset: must be one of {', '.join(DATASETS)}, not {name!r}.")
    return DATASETS[name]


def _cache_folder(cache: Path | None) -> Path:
    folder = cache or Path(read_settings().cache)
    return folder.expanduser().absolute()


def _by_hand(spec: DatasetSpec, root: Path) -> Path:
    return root / "downloads" / spec.name


def _unpacked(spec: DatasetSpec) -> Path:
    """Folder of the arrays, relative to the folder `datasets` of the cache."""
    return Path(spec.name) / "-".join(filter(None, (f"layout{LAYOUT}", spec.sha256[:12])))


def _open(spec: DatasetSpec, root: Path) -> Dataset | None:
    """Map the arrays into memory; None if they are missing, truncated or of another shape."""
    folder = root / "datasets" / _unpacked(spec)
    try:
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS]
    except (OSError, ValueError, EOFError):
        return None
    counts = (spec.train_images, spec.train_images, spec.test_images, spec.test_images)
    expected = [
        ((count, *spec.shape), spec.kind.dtype) if name.startswith("x") else ((count,), np.int64)
        for name, count in zip(ARRAYS, counts, strict=True)
    ]
    return Dataset(spec, *arrays) if [(a.shape, a.dtype) for a in arrays] == expected else None


def _prepare(spec: DatasetSpec, root: Path, progress: Progress) -> Dataset:
    try:
        with _lock(spec, root, progress):
            # Another process may have unpacked it while this one waited for the lock.
            return _open(spec, root) or _unpack(spec, root, progress)
    except OSError as error:
        return _read_into_memory(spec, root, error, progress)


@contextmanager
def _lock(spec: DatasetSpec, root: Path, progress: Progress) -> Iterator[None]:
    """Within this context, no other process unpacks, or even downloads, the same data set."""
    from filelock import FileLock, Timeout  # the import takes 50 ms, which a ready data set does not need

    folder = root / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{spec.name}.lock")
    while not lock.is_locked:
        try:
            lock.acquire(timeout=0.5)
        except Timeout:
            progress(0.0, f"Waiting while another process prepares {spec.title}")
    try:
        yield
    finally:
        lock.release()


def _unpack(spec: DatasetSpec, root: Path, progress: Progress) -> Dataset:
    """Write the arrays into a temporary folder, then rename it; the caller holds the lock."""
    folder = root / "datasets"
    work = folder / f"{spec.name}.partial"
    shutil.rmtree(work, ignore_errors=True)  # left by a process that was killed
    try:
        arrays = _read(spec, root, work, progress)
        target = work / _unpacked(spec)
        target.mkdir(parents=True)
        for name, array in zip(ARRAYS, arrays, strict=True):
            np.save(target / f"{name}.npy", array, allow_pickle=False)
        shutil.rmtree(folder / spec.name, ignore_errors=True)  # arrays that are damaged or of an older layout
        (work / spec.name).rename(folder / spec.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    dataset = _open(spec, root)
    if dataset is None:
        raise OSError(f"{folder / spec.name} cannot be read back")
    return dataset


def _read_into_memory(spec: DatasetSpec, root: Path, problem: OSError, progress: Progress) -> Dataset:
    """Load a data set without the cache, unless that would download it each time."""
    if not is_ready(spec.name, cache=root):
        raise DatasetUnavailable(
            f"{spec.title} could not be stored: the cache folder {root} cannot be used "
            f"({problem.strerror or problem}); set VAELAB_CACHE to a folder that can be written."
        ) from problem
    with tempfile.TemporaryDirectory(prefix="vaelab-") as work:
        arrays = _read(spec, root, Path(work), progress)
    for array in arrays:
        array.flags.writeable = False
    return Dataset(spec, *arrays)


def _read(spec: DatasetSpec, root: Path, work: Path, progress: Progress) -> Arrays:
    """The arrays of the bundled or the published files, in the shapes of `Dataset`."""
    if spec.bundled:
        x_train, y_train, x_test, y_test = _read_bundled(spec)
    else:
        x_train, y_train, x_test, y_test = obtain(
            spec.name, spec.title, by_hand=_by_hand(spec, root), work=work, progress=progress
        )
    images = [np.ascontiguousarray(x).reshape(-1, *spec.shape) for x in (x_train, x_test)]
    return images[0], y_train.astype(np.int64), images[1], y_test.astype(np.int64)


def _read_bundled(spec: DatasetSpec) -> Arrays:
    path = paths.BUNDLED_DATASETS / f"{spec.name}.npz"
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != spec.sha256:
                raise ValueError("another SHA-256 sum than expected")
        with np.load(path, allow_pickle=False) as archive:
            x_train, y_train, x_test, y_test = (archive[name] for name in ARRAYS)
    except (OSError, ValueError) as error:
        raise DatasetUnavailable(
            f"{spec.title} could not be read: {path} is missing or damaged ({error}); get the file again, "
            f"for example with git checkout."
        ) from error
    return x_train, y_train, x_test, y_test
