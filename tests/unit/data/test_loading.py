"""The data sets have the published content, and the cache is complete or absent after any failure."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.support.folders import files_below
from vaelab import paths
from vaelab.config import field_spec
from vaelab.data import DATASETS, Dataset, DatasetUnavailable, downloads, is_ready, load, loading

BUNDLED_NAMES = [name for name, spec in DATASETS.items() if spec.bundled]

# MD5 sums of the decompressed idx files of the authors.
ORIGINAL_MD5 = {
    "mnist": {
        "x_train": "6bbc9ace898e44ae57da46a324031adb", "y_train": "a25bea736e30d166cdddb491f175f624",
        "x_test": "2646ac647ad5339dbf082846283269ea", "y_test": "27ae3e4e09519cfbb04c329615203637",
    },
    "fashion-mnist": {
        "x_train": "f4a8712d7a061bf5bd6d2ca38dc4d50a", "y_train": "9018921c3c673c538a1fc5bad174d6f9",
        "x_test": "8181f5470baa50b63fa0f6fddb340f0a", "y_test": "15d484375f8d13e6eb1aabb0c3f46965",
    },
}  # fmt: skip


def idx(array: np.ndarray) -> bytes:
    """Write in the idx format of the MNIST family: magic number, sizes, bytes."""
    return struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


def as_arrays(dataset: Dataset) -> dict[str, np.ndarray]:
    return {name: getattr(dataset, name) for name in loading.ARRAYS}


# What is known of each data set


def test_config_and_datasets_name_the_same():
    assert set(DATASETS) == set(field_spec("dataset").choices)
    assert all(name == spec.name for name, spec in DATASETS.items())
    assert set(DATASETS) == set(BUNDLED_NAMES) | set(downloads.PUBLICATIONS)


@pytest.mark.parametrize(
    ("name", "classes"),
    [("mnist", 10), ("fashion-mnist", 10), ("kmnist", 10), ("emnist-letters", 26), ("cifar10", 10)],
)
def test_every_class_has_its_own_name(name: str, classes: int):
    assert len(set(DATASETS[name].classes)) == len(DATASETS[name].classes) == classes


@pytest.mark.parametrize("function", [load, is_ready])
def test_unknown_name_is_answered_with_what_is_allowed(function, tmp_path: Path):
    with pytest.raises(ValueError, match=r"^dataset: .*mnist, fashion-mnist, .*not 'minst'\.$"):
        function("minst", cache=tmp_path)


# The bundled files


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("name", BUNDLED_NAMES)
def test_bundled_arrays_have_the_published_content(name: str, shared_cache: Path):
    dataset = load(name, cache=shared_cache)
    for array_name, array in as_arrays(dataset).items():
        published = array[:, 0] if array.ndim == 4 else array.astype(np.uint8)
        assert hashlib.md5(idx(published)).hexdigest() == ORIGINAL_MD5[name][array_name]


@pytest.mark.parametrize("name", BUNDLED_NAMES)
def test_readme_states_the_checksums(name: str):
    readme = (paths.BUNDLED_DATASETS / "README.md").read_text(encoding="utf-8")
    spec = DATASETS[name]
    assert f"{spec.sha256}  {name}.npz" in readme
    assert all(md5 in readme for md5 in ORIGINAL_MD5[name].values())
    assert spec.authors in readme
    assert spec.licence in readme


@pytest.mark.parametrize("name", BUNDLED_NAMES)
def test_arrays_are_mapped_read_only_and_of_the_stated_shape(name: str, shared_cache: Path):
    dataset = load(name, cache=shared_cache)
    spec = dataset.spec
    assert spec is DATASETS[name]
    assert dataset.x_train.shape == (spec.train_images, *spec.shape)
    assert dataset.x_test.shape == (spec.test_images, *spec.shape)
    for array_name, array in as_arrays(dataset).items():
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable
        assert array.dtype == (np.uint8 if array_name.startswith("x") else np.int64)
    assert set(np.unique(dataset.y_train)) == set(np.unique(dataset.y_test)) == set(range(len(spec.classes)))


def test_a_ready_data_set_needs_no_heavy_import(shared_cache: Path):
    load("mnist", cache=shared_cache)
    code = (
        "import sys; from pathlib import Path; from vaelab.data.loading import load;"
        "load('mnist', cache=Path(sys.argv[1]));"
        "print(*{'torch', 'torchvision', 'streamlit', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, shared_cache], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


# The cache, with a small bundled file


def write_bundle(folder: Path, monkeypatch: pytest.MonkeyPatch, offset: int = 0) -> dict[str, np.ndarray]:
    """Put a small `mnist.npz` in the place of the bundled one, and return its arrays."""
    images = np.arange(7 * 28 * 28, dtype=np.uint32).reshape(7, 28, 28) + offset
    arrays = {"x_train": images[:4].astype(np.uint8), "y_train": np.array([3, 1, 4, 1], np.uint8),
              "x_test": images[4:].astype(np.uint8), "y_test": np.array([5, 9, 2], np.uint8)}  # fmt: skip
    np.savez_compressed(folder / "mnist.npz", **arrays)
    sha256 = hashlib.sha256((folder / "mnist.npz").read_bytes()).hexdigest()
    spec = replace(DATASETS["mnist"], train_images=4, test_images=3, sha256=sha256)
    monkeypatch.setitem(DATASETS, "mnist", spec)
    monkeypatch.setattr("vaelab.paths.BUNDLED_DATASETS", folder)
    return arrays


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    (tmp_path / "bundled").mkdir()
    return write_bundle(tmp_path / "bundled", monkeypatch)


def assert_holds(dataset: Dataset, arrays: dict[str, np.ndarray]) -> None:
    for name, array in as_arrays(dataset).items():
        assert np.array_equal(array[:, 0] if array.ndim == 4 else array, arrays[name])


def test_the_cache_is_named_by_the_environment(bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VAELAB_CACHE", str(tmp_path / "named"))
    assert_holds(load("mnist"), bundle)
    assert len(files_below(tmp_path / "named")) == 4


@pytest.mark.parametrize("name", loading.ARRAYS)
@pytest.mark.parametrize("bytes_left", [0, 60, 130, None])
def test_a_damaged_cache_file_is_healed(bundle, tmp_path: Path, name: str, bytes_left: int | None):
    cache = tmp_path / "cache"
    load("mnist", cache=cache)
    (path,) = cache.rglob(f"{name}.npy")
    whole = path.read_bytes()
    path.unlink()
    if bytes_left is not None:
        path.write_bytes(whole[:bytes_left])
    assert_holds(load("mnist", cache=cache), bundle)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("other", [np.zeros((4, 28, 28), np.uint8), np.zeros((4, 1, 28, 28), np.float32)])
def test_a_cache_file_of_another_shape_or_type_is_healed(bundle, tmp_path: Path, other: np.ndarray):
    load("mnist", cache=tmp_path)
    (path,) = tmp_path.rglob("x_train.npy")
    path.unlink()
    np.save(path, other, allow_pickle=False)
    assert_holds(load("mnist", cache=tmp_path), bundle)


def test_a_cached_pickle_is_never_loaded(bundle, tmp_path: Path):
    load("mnist", cache=tmp_path)
    (path,) = tmp_path.rglob("x_train.npy")
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    assert_holds(load("mnist", cache=tmp_path), bundle)


def test_another_bundled_file_renews_the_cache(bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    load("mnist", cache=tmp_path / "cache")
    changed = write_bundle(tmp_path / "bundled", monkeypatch, offset=50)
    assert not np.array_equal(changed["x_train"], bundle["x_train"])
    assert_holds(load("mnist", cache=tmp_path / "cache"), changed)
    assert len(files_below(tmp_path / "cache")) == 4


def test_another_layout_renews_the_cache(bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    load("mnist", cache=tmp_path / "cache")
    before = files_below(tmp_path / "cache")
    monkeypatch.setattr(loading, "LAYOUT", loading.LAYOUT + 1)
    assert_holds(load("mnist", cache=tmp_path / "cache"), bundle)
    assert len(files_below(tmp_path / "cache")) == 4
    assert not set(before) & set(files_below(tmp_path / "cache"))


def test_an_interrupted_unpack_leaves_nothing(bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    saved: list[Path] = []

    def save_two_and_a_half(path: Path, array: np.ndarray, allow_pickle: bool) -> None:
        saved.append(path)
        path.write_bytes(b"half")
        if len(saved) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", save_two_and_a_half)
        with pytest.raises(KeyboardInterrupt):
            load("mnist", cache=tmp_path / "cache")
    assert len(saved) == 3
    assert files_below(tmp_path / "cache") == []
    assert_holds(load("mnist", cache=tmp_path / "cache"), bundle)


def test_what_a_killed_process_left_is_cleared(bundle, tmp_path: Path):
    left = tmp_path / "cache" / "datasets" / "mnist.partial" / "mnist"
    left.mkdir(parents=True)
    (left / "x_train.npy").write_bytes(b"half")
    assert_holds(load("mnist", cache=tmp_path / "cache"), bundle)
    assert len(files_below(tmp_path / "cache")) == 4


def test_without_a_cache_the_arrays_are_in_memory(bundle, tmp_path: Path):
    (tmp_path / "file").write_text("a file cannot hold a folder")
    dataset = load("mnist", cache=tmp_path / "file" / "cache")
    assert_holds(dataset, bundle)
    for array in as_arrays(dataset).values():
        assert array.dtype in (np.uint8, np.int64)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_damaged_bundled_file_is_named(bundle, tmp_path: Path):
    path = tmp_path / "bundled" / "mnist.npz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DatasetUnavailable, match=r"mnist\.npz is missing or damaged"):
        load("mnist", cache=tmp_path / "cache")
    assert files_below(tmp_path / "cache") == []


def test_processes_that_unpack_at_the_same_time_agree(tmp_path: Path):
    code = (
        "import hashlib, sys; from pathlib import Path; from vaelab.data.loading import load;"
        "print('ready', flush=True); input(); dataset = load('mnist', cache=Path(sys.argv[1]));"
        "print(type(dataset.x_train).__name__, hashlib.md5(dataset.x_train).hexdigest())"
    )
    start = partial(subprocess.Popen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    processes = [start([sys.executable, "-c", code, str(tmp_path)]) for _ in range(3)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    # MD5 of the raw image bytes, without the idx header.
    expected = "memmap 6510e85a72c3e9475c492d559d3770d2\n"
    assert [process.communicate()[0] for process in processes] == [expected] * 3
    assert [process.returncode for process in processes] == [0] * 3
    assert len(files_below(tmp_path)) == 4


def test_who_waits_for_another_process_is_told(bundle, tmp_path: Path):
    from filelock import FileLock

    folder = tmp_path / "cache" / "datasets"
    folder.mkdir(parents=True)
    lock = FileLock(folder / "mnist.lock", thread_local=False)
    lock.acquire()
    told: list[str] = []

    def release_when_told(fraction: float, sentence: str) -> None:
        told.append(sentence)
        lock.release()

    loaded: list[Dataset] = []
    other = threading.Thread(
        target=lambda: loaded.append(load("mnist", cache=tmp_path / "cache", progress=release_when_told))
    )
    other.start()
    other.join()
    assert told == ["Waiting while another process prepares MNIST"]
    assert_holds(loaded[0], bundle)
