"""Data sets that are fetched when first chosen: KMNIST, EMNIST letters and CIFAR-10.

torchvision knows the addresses and MD5 sums, verifies, extracts and reads; it is imported only when a data
set is fetched. The transfer is our own, because torchvision's has neither a timeout nor a way to report
progress. CIFAR-10 comes in its binary version, because torchvision's reader unpickles what it downloaded.
"""

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import numpy as np

from vaelab.words import listed

Progress = Callable[[float, str], None]
"""A function of the fraction done, from 0 to 1, and a sentence for people."""

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""x_train, y_train, x_test, y_test; images (N, H, W) or (N, C, H, W) uint8, labels (N,) from 0."""

TIMEOUT = 10.0
"""Seconds without a byte after which an attempt fails."""

ATTEMPTS = 2
"""Attempts at each address: servers drop long transfers now and then; more would take too long."""

CHUNK = 1 << 16
"""Number of bytes between two reports of progress."""


class DatasetUnavailable(Exception):
    """A data set cannot be loaded; the sentence says why, and which files to put where."""


@dataclass(frozen=True)
class PublishedFile:
    """A file of a data set as its authors published it, and its addresses."""

    name: str
    md5: str
    urls: tuple[str, ...]


@dataclass(frozen=True)
class Publication:
    """The published files of a data set, and the function that reads them."""

    sizes: dict[str, int]
    """Bytes of each file by its name, known without torchvision; they only scale the progress."""
    files: Callable[[], Iterable[PublishedFile]]
    read: Callable[[list[Path], Path], Arrays]
    """A function of the paths of the files, in the order of `files`, and an empty folder to work in."""


def _kmnist_files() -> list[PublishedFile]:
    from torchvision.datasets import KMNIST

    return [
        PublishedFile(name, md5, tuple(mirror + name for mirror in KMNIST.mirrors))
        for name, md5 in KMNIST.resources
    ]


def _emnist_files() -> list[PublishedFile]:
    from torchvision.datasets import EMNIST

    return [PublishedFile("gzip.zip", EMNIST.md5, (EMNIST.url,))]


def _cifar10_files() -> list[PublishedFile]:
    name = "cifar-10-binary.tar.gz"
    # As published on https://www.cs.toronto.edu/~kriz/cifar.html.
    url, md5 = f"https://www.cs.toronto.edu/~kriz/{name}", "c32a1d4ab5d03f1284b67883e8d87530"
    return [PublishedFile(name, md5, (url,))]


def _read_kmnist(paths: list[Path], work: Path) -> Arrays:
    from torchvision.datasets import KMNIST

    _decompress(paths, work / "KMNIST" / "raw")
    return _both_splits(lambda train: KMNIST(work, train=train))


def _read_emnist_letters(paths: list[Path], work: Path) -> Arrays:
    """Read only the letters of the archive, which also holds five other splits and 2 GB of images."""
    from torchvision.datasets import EMNIST

    with zipfile.ZipFile(paths[0]) as archive:
        letters = [name for name in archive.namelist() if name.startswith("gzip/emnist-letters-")]
        archive.extractall(work, (name for name in letters if name.endswith(".gz")))
    _decompress(sorted((work / "gzip").iterdir()), work / "EMNIST" / "raw")
    x_train, y_train, x_test, y_test = _both_splits(lambda train: EMNIST(work, "letters", train=train))
    # EMNIST is published with rows and columns exchanged, and its letters are numbered from 1.
    return x_train.swapaxes(1, 2), y_train - 1, x_test.swapaxes(1, 2), y_test - 1


def _decompress(paths: Iterable[Path], folder: Path) -> None:
    from torchvision.datasets.utils import extract_archive

    folder.mkdir(parents=True)
    for path in paths:
        extract_archive(path, folder)


def _both_splits(open_split: Callable[[bool], Any]) -> Arrays:
    train, test = open_split(True), open_split(False)
    return train.data.numpy(), train.targets.numpy(), test.data.numpy(), test.targets.numpy()


def _read_cifar10(paths: list[Path], work: Path) -> Arrays:
    """Read rows of one label byte and 3 * 32 * 32 pixel bytes, channel by channel."""
    from torchvision.datasets.utils import extract_archive

    extract_archive(paths[0], work)
    folder = work / "cifar-10-batches-bin"
    x_train, y_train = _cifar10_batches([folder / f"data_batch_{number}.bin" for number in range(1, 6)])
    x_test, y_test = _cifar10_batches([folder / "test_batch.bin"])
    return x_train, y_train, x_test, y_test


def _cifar10_batches(paths: list[Path]) -> tuple[np.ndarray, np.ndarray]:
    rows = np.concatenate([np.fromfile(path, np.uint8) for path in paths]).reshape(-1, 1 + 3 * 32 * 32)
    return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0]


PUBLICATIONS: dict[str, Publication] = {
    "kmnist": Publication(
        {
            "train-images-idx3-ubyte.gz": 18_165_135,
            "train-labels-idx1-ubyte.gz": 29_497,
            "t10k-images-idx3-ubyte.gz": 3_041_136,
            "t10k-labels-idx1-ubyte.gz": 5_120,
        },
        _kmnist_files,
        _read_kmnist,
    ),
    "emnist-letters": Publication({"gzip.zip": 561_753_746}, _emnist_files, _read_emnist_letters),
    "cifar10": Publication({"cifar-10-binary.tar.gz": 170_052_171}, _cifar10_files, _read_cifar10),
}


def placed_by_hand(name: str, folder: Path) -> bool:
    """Whether all files of the data set are in this folder, so that no network is needed."""
    return all((folder / file).is_file() for file in PUBLICATIONS[name].sizes)


def obtain(name: str, title: str, *, by_hand: Path, work: Path, progress: Progress) -> Arrays:
    """Read a data set from files placed by hand, and fetch those that are missing.

    Parameters
    ----------
    name, title : str
        A key of `PUBLICATIONS`, and the title of the data set.
    by_hand : Path
        Folder where a person may have put the published files; it is only read.
    work : Path
        Folder for fetched and extracted files; the caller removes it.
    progress : callable
        Called as bytes arrive.

    Raises
    ------
    DatasetUnavailable
        If a file cannot be fetched, or one placed by hand is not the published one.
    """
    publication = PUBLICATIONS[name]
    fetcher = _Fetcher(publication.sizes, title, by_hand, work / "fetched", progress)
    paths = [fetcher.get(file) for file in publication.files()]
    progress(1.0, f"Unpacking {title}")
    extracted = work / "extracted"
    extracted.mkdir(parents=True)
    return publication.read(paths, extracted)


class _Fetcher:
    """Fetches one file after another and reports progress over all of them."""

    def __init__(
        self, sizes: dict[str, int], title: str, by_hand: Path, folder: Path, progress: Progress
    ) -> None:
        self.title, self.by_hand, self.folder, self.progress = title, by_hand, folder, progress
        self.missing = {name: size for name, size in sizes.items() if not (by_hand / name).is_file()}
        self.bytes_before = 0

    def get(self, file: PublishedFile) -> Path:
        """The file placed by hand, or fetched from the first address that works; its MD5 sum is verified."""
        from torchvision.datasets.utils import check_integrity

        if file.name not in self.missing:
            path = self.by_hand / file.name
            if not check_integrity(path, file.md5):
                raise DatasetUnavailable(
                    f"{self.title} could not be read: {path} is not the published file, whose MD5 sum "
                    f"is {file.md5}; replace it, or delete it to have it fetched."
                )
            return path
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / file.name
        for url in file.urls * ATTEMPTS:
            try:
                self._transfer(url, path)
                if check_integrity(path, file.md5):
                    self.bytes_before += self.missing[file.name]
                    return path
                problem = "what arrived is incomplete or not the published file"
            except (OSError, HTTPException) as error:
                problem = _reason(error)
        raise self._unavailable(url, problem)

    def _transfer(self, url: str, path: Path) -> None:
        received, total = self.bytes_before, sum(self.missing.values())
        self.progress(min(received / total, 1.0), f"Connecting to {urlsplit(url).hostname}")
        request = Request(url, headers={"User-Agent": "vaelab"})
        with urlopen(request, timeout=TIMEOUT) as response, path.open("wb") as target:
            while chunk := response.read(CHUNK):
                target.write(chunk)
                received += len(chunk)
                megabytes = f"{received / 1e6:.0f} of {total / 1e6:.0f} MB"
                self.progress(min(received / total, 1.0), f"Downloading {self.title}: {megabytes}")

    def _unavailable(self, url: str, problem: str) -> DatasetUnavailable:
        names = listed(list(self.missing))
        return DatasetUnavailable(
            f"{self.title} could not be fetched from {url.rpartition('/')[0]}/ ({problem}): connect to the "
            f"internet and try again, or put {names} from there into the folder {self.by_hand}."
        )


def _reason(error: Exception) -> str:
    """The cause of an error, without the layers and error numbers around it."""
    if isinstance(error, HTTPError):
        return str(error)
    inner = getattr(error, "reason", error)
    return getattr(inner, "strerror", None) or str(inner) or type(inner).__name__
