"""Downloads: the authors' formats are read as they are, and failures leave nothing behind.

The files are small ones that the tests write in the published formats and serve from this machine.
"""

from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import socket
import struct
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.support.folders import files_below
from vaelab.data import DATASETS, Dataset, DatasetUnavailable, downloads, is_ready, load
from vaelab.data.loading import ARRAYS

NAMES = list(downloads.PUBLICATIONS)

Arrays = dict[str, np.ndarray]


# What torchvision knows


def test_class_names_are_those_of_torchvision():
    from torchvision.datasets import EMNIST, KMNIST, FashionMNIST

    assert list(DATASETS["fashion-mnist"].classes) == FashionMNIST.classes
    assert list(DATASETS["kmnist"].classes) == KMNIST.classes
    assert ["N/A", *DATASETS["emnist-letters"].classes] == EMNIST.classes_split_dict["letters"]


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_those_that_are_published(name: str):
    publication = downloads.PUBLICATIONS[name]
    assert [file.name for file in publication.files()] == list(publication.sizes)
    for file in publication.files():
        assert len(bytes.fromhex(file.md5)) == 16
        assert all(url.startswith("http") and url.endswith(f"/{file.name}") for url in file.urls)


# Small files in the formats of the authors


def letter_f() -> np.ndarray:
    """Draw an image that every rotation or reflection changes."""
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 8:11] = image[4:7, 8:20] = image[12:15, 8:16] = 255
    return image


def small_arrays(name: str) -> Arrays:
    """Make 15 training and 3 test images with labels over the whole range of classes."""
    random, spec = np.random.default_rng(0), DATASETS[name]
    shape = spec.shape if spec.shape[0] > 1 else spec.shape[1:]
    last = len(spec.classes) - 1
    images = random.integers(0, 256, (18, *shape), np.uint8)
    labels = np.linspace(0, last, 18).round().astype(np.uint8)
    return {"x_train": images[3:], "y_train": labels[3:], "x_test": images[:3], "y_test": labels[:3]}


def gzipped_idx(array: np.ndarray) -> bytes:
    """Pack in the idx format of the MNIST family: magic number, sizes, bytes."""
    header = struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape)
    return gzip.compress(header + array.tobytes())


def write_kmnist(folder: Path, arrays: Arrays) -> None:
    for split, prefix in (("train", "train"), ("test", "t10k")):
        (folder / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzipped_idx(arrays[f"x_{split}"]))
        (folder / f"{prefix}-labels-idx1-ubyte.gz").write_bytes(gzipped_idx(arrays[f"y_{split}"]))


def write_emnist(folder: Path, arrays: Arrays) -> None:
    """Write the files as NIST does: rows and columns exchanged, letters from 1, and other splits."""
    with zipfile.ZipFile(folder / "gzip.zip", "w") as archive:
        archive.writestr("gzip/emnist-digits-train-images-idx3-ubyte.gz", b"not even a gzip file")
        archive.writestr("gzip/emnist-letters-mapping.txt", "1 65 97\n")
        for split in ("train", "test"):
            images, labels = arrays[f"x_{split}"].swapaxes(1, 2), arrays[f"y_{split}"] + np.uint8(1)
            for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
                archive.writestr(f"gzip/emnist-letters-{split}-{kind}-ubyte.gz", gzipped_idx(array))


def write_cifar10(folder: Path, arrays: Arrays) -> None:
    """Write five training batches and one for testing: rows of a label and three planes."""
    train, test = (
        np.hstack([arrays[f"y_{split}"][:, None], arrays[f"x_{split}"].reshape(-1, 3 * 32 * 32)])
        for split in ("train", "test")
    )
    batches = {f"data_batch_{number}": part for number, part in enumerate(np.array_split(train, 5), 1)}
    with tarfile.open(folder / "cifar-10-binary.tar.gz", "w:gz") as archive:
        for name, batch in {**batches, "test_batch": test}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}.bin")
            member.size = batch.nbytes
            archive.addfile(member, io.BytesIO(batch.tobytes()))


WRITERS: dict[str, Callable[[Path, Arrays], None]] = {
    "kmnist": write_kmnist,
    "emnist-letters": write_emnist,
    "cifar10": write_cifar10,
}


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without writing a log."""

    def log_message(self, *args: object) -> None:
        """Keep the test output clean."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """Serve an empty folder: the folder and its address."""
    folder = tmp_path / "served"
    folder.mkdir()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    http_server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder))
    thread = threading.Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield folder, f"http://127.0.0.1:{http_server.server_port}/"
    http_server.shutdown()
    http_server.server_close()
    thread.join()


@dataclass(frozen=True)
class Published:
    """A small data set in its published format."""

    name: str
    folder: Path
    """The folder from which the files are served."""
    files: list[str]
    arrays: Arrays
    cache: Path
    by_hand: Path

    def place_by_hand(self) -> None:
        """Move the files to where people put them."""
        self.by_hand.parent.mkdir(parents=True)
        self.folder.rename(self.by_hand)

    def assert_holds(self, dataset: Dataset) -> None:
        """Compare every array, its type and its memory layout."""
        for name in ARRAYS:
            array = getattr(dataset, name)
            assert isinstance(array, np.memmap)
            assert array.dtype == (np.uint8 if name.startswith("x") else np.int64)
            assert np.array_equal(array.reshape(self.arrays[name].shape), self.arrays[name])
        assert dataset.x_train.shape[1:] == DATASETS[self.name].shape


@pytest.fixture(params=NAMES)
def published(
    request: pytest.FixtureRequest, server: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Published:
    return publish(request.param, small_arrays(request.param), server, tmp_path / "cache", monkeypatch)


def publish(
    name: str, arrays: Arrays, server: tuple[Path, str], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Published:
    """Write and serve the files, and let `vaelab` expect them in place of the large ones."""
    folder, address = server
    WRITERS[name](folder, arrays)
    content = {file: (folder / file).read_bytes() for file in downloads.PUBLICATIONS[name].sizes}
    files = [
        downloads.PublishedFile(file, hashlib.md5(data).hexdigest(), (address + file,))
        for file, data in content.items()
    ]
    publication = replace(
        downloads.PUBLICATIONS[name], files=lambda: files, sizes={k: len(v) for k, v in content.items()}
    )
    counts = {"train_images": len(arrays["x_train"]), "test_images": len(arrays["x_test"])}
    monkeypatch.setitem(downloads.PUBLICATIONS, name, publication)
    monkeypatch.setitem(DATASETS, name, replace(DATASETS[name], **counts))
    return Published(name, folder, list(content), arrays, cache, cache / "downloads" / name)


# Reading


def test_files_placed_by_hand_are_read_and_left_alone(published: Published):
    published.place_by_hand()
    before = files_below(published.by_hand)
    assert is_ready(published.name, cache=published.cache)
    published.assert_holds(load(published.name, cache=published.cache))
    assert files_below(published.by_hand) == before
    assert len(files_below(published.cache / "datasets")) == len(ARRAYS)


def test_once_unpacked_the_published_files_are_not_needed(published: Published, tmp_path: Path):
    published.place_by_hand()
    load(published.name, cache=published.cache)
    published.by_hand.rename(tmp_path / "elsewhere")
    assert is_ready(published.name, cache=published.cache)
    published.assert_holds(load(published.name, cache=published.cache))


def test_emnist_letters_are_upright(
    server: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    letters, labels = letter_f()[None], np.array([5], np.uint8)
    arrays = {"x_train": letters, "y_train": labels, "x_test": letters, "y_test": labels}
    publish("emnist-letters", arrays, server, tmp_path / "cache", monkeypatch)
    dataset = load("emnist-letters", cache=tmp_path / "cache")
    assert np.array_equal(dataset.x_train[0, 0], letter_f())
    assert np.array_equal(dataset.x_test[0, 0], letter_f())
    assert dataset.spec.classes[dataset.y_test[0]] == "f"


def test_a_wrong_file_placed_by_hand_is_named(published: Published):
    published.place_by_hand()
    path = published.by_hand / published.files[-1]
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(DatasetUnavailable) as caught:
        load(published.name, cache=published.cache)
    assert f"{path} is not the published file" in str(caught.value)
    assert files_below(published.cache / "datasets") == []


# Fetching


def test_a_fetched_data_set_is_read_and_kept(published: Published):
    reports: list[tuple[float, str]] = []
    assert not is_ready(published.name, cache=published.cache)
    dataset = load(published.name, cache=published.cache, progress=lambda *report: reports.append(report))
    published.assert_holds(dataset)
    assert is_ready(published.name, cache=published.cache)
    assert len(files_below(published.cache)) == len(ARRAYS)
    fractions = [fraction for fraction, _ in reports]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert any(f"Downloading {dataset.spec.title}" in sentence for _, sentence in reports)


def test_only_what_is_not_placed_by_hand_is_fetched(published: Published):
    published.by_hand.mkdir(parents=True)
    first = published.files[0]
    (published.folder / first).rename(published.by_hand / first)
    published.assert_holds(load(published.name, cache=published.cache))


@pytest.mark.parametrize("wrong", [b"", b"something else"])
def test_a_wrong_transfer_is_not_kept(published: Published, wrong: bytes):
    (published.folder / published.files[-1]).write_bytes(wrong)
    with pytest.raises(DatasetUnavailable, match="incomplete or not the published file"):
        load(published.name, cache=published.cache)
    assert files_below(published.cache) == []


def test_an_interrupt_while_fetching_leaves_nothing(published: Published):
    def interrupt(fraction: float, sentence: str) -> None:
        if sentence.startswith("Downloading"):
            assert files_below(published.cache) != []
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(published.name, cache=published.cache, progress=interrupt)
    assert files_below(published.cache) == []
    published.assert_holds(load(published.name, cache=published.cache))


def test_when_nothing_can_be_fetched_one_sentence_says_what_to_put_where(published: Published):
    for file in published.files:
        (published.folder / file).unlink()
    with pytest.raises(DatasetUnavailable) as caught:
        load(published.name, cache=published.cache)
    sentence = str(caught.value)
    assert sentence.startswith(f"{DATASETS[published.name].title} could not be fetched from http://127.0.0.1")
    assert "(HTTP Error 404: File not found)" in sentence
    assert all(file in sentence for file in published.files)
    assert str(published.by_hand) in sentence
    assert "\n" not in sentence
    assert files_below(published.cache) == []
    assert not is_ready(published.name, cache=published.cache)


def use_addresses(published: Published, monkeypatch: pytest.MonkeyPatch, *before: str, keep: bool) -> None:
    publication = downloads.PUBLICATIONS[published.name]
    files = [
        replace(file, urls=(*(address + file.name for address in before), *(file.urls if keep else ())))
        for file in publication.files()
    ]
    monkeypatch.setitem(downloads.PUBLICATIONS, published.name, replace(publication, files=lambda: files))


NOBODY_LISTENS = "http://127.0.0.1:9/"


def test_a_server_that_cannot_be_reached_is_named(published: Published, monkeypatch: pytest.MonkeyPatch):
    use_addresses(published, monkeypatch, NOBODY_LISTENS, keep=False)
    with pytest.raises(DatasetUnavailable, match=r"from http://127\.0\.0\.1:9/ \(Connection refused\)"):
        load(published.name, cache=published.cache)
    assert files_below(published.cache) == []


def test_a_server_that_never_answers_is_given_up(published: Published, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(downloads, "TIMEOUT", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        use_addresses(published, monkeypatch, address, keep=False)
        with pytest.raises(DatasetUnavailable, match="timed out"):
            load(published.name, cache=published.cache)
    assert files_below(published.cache) == []


def test_the_next_address_is_tried(published: Published, monkeypatch: pytest.MonkeyPatch):
    use_addresses(published, monkeypatch, NOBODY_LISTENS, keep=True)
    published.assert_holds(load(published.name, cache=published.cache))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_fetched_that_could_not_be_kept(name: str, tmp_path: Path):
    (tmp_path / "file").write_text("a file cannot hold a folder")
    with pytest.raises(DatasetUnavailable, match="set VAELAB_CACHE to a folder that can be written"):
        load(name, cache=tmp_path / "file" / "cache")
