"""What grows with epochs and with images, and must not: time an image, and memory."""

from __future__ import annotations

import dataclasses
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import psutil

from tests.benchmarks.report import Table
from vaelab import events, train
from vaelab.config import PRESETS
from vaelab.data import Dataset, load
from vaelab.runs import Recorder, RunStore

EPOCHS = 200
WINDOW = 20
MILLION = 1_000_000
STEPS = 200
"""Fewer than an epoch of MNIST has: its end would count against the smaller set."""
ROUNDS = 5


def measure() -> Iterator[Table]:
    """Train many epochs into a run's folder, then on many images."""
    yield _many_epochs()
    yield _many_images()


def _many_epochs() -> Table:
    """`vae-20d-fast` for 200 epochs, recorded as the app does."""
    config = PRESETS["vae-20d-fast"].config.variant(epochs=EPOCHS)
    seconds, memory = [], []
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(RunStore(Path(folder)).create(config))
        begun = time.perf_counter()
        for event in recorder.record(train(config, request=recorder.request)):
            if isinstance(event, events.Checkpoint) and event.step:
                now = time.perf_counter()
                seconds.append(now - begun)
                memory.append(psutil.Process().memory_info().rss)
                begun = now
    first, last = seconds[1 : WINDOW + 1], seconds[-WINDOW:]
    rows = [
        (f"epochs 2 to {WINDOW + 1}", f"{_microseconds(first):.1f}", f"{memory[0] / 2**20:.0f} (epoch 1)"),
        (
            f"the last {WINDOW} of {EPOCHS}",
            f"{_microseconds(last):.1f}",
            f"{memory[-1] / 2**20:.0f} (epoch {EPOCHS})",
        ),
        (
            "grown by (to reach: at most 10 %)",
            f"{statistics.median(last) / statistics.median(first) - 1:+.1%}",
            f"{memory[-1] / memory[0] - 1:+.1%}",
        ),
    ]
    return Table("Many epochs", ("", "µs a training image, median", "memory MiB"), rows)


def _microseconds(seconds: list[float]) -> float:
    return statistics.median(seconds) / 60_000 * 1e6


def _many_images() -> Table:
    """The default preset's first steps on MNIST and on a million images in a file, in turns."""
    small = load("mnist")
    with tempfile.TemporaryDirectory() as folder:
        large = _repeated(small, Path(folder) / "million.npy")
        found = [(*_images_a_second(small), *_images_a_second(large)) for _ in range(ROUNDS)]
    small_speed, small_memory, large_speed, large_memory = (
        statistics.median(column) for column in zip(*found, strict=True)
    )
    rows = [
        ("60,000", f"{small_speed:,.0f}", f"{small_memory / 2**20:.0f}"),
        (
            f"{MILLION:,}",
            f"{large_speed:,.0f}",
            f"{large_memory / 2**20:.0f} (its file: {large.x_train.nbytes / 2**20:.0f})",
        ),
        ("ratio (to reach: at least 85 %)", f"{statistics.median(b / a for a, _, b, _ in found):.0%}", ""),
    ]
    return Table(
        f"Many images: {STEPS} steps of vae-2d",
        ("images", "images/s, median", "memory of the process while it trains, without mapped files, MiB"),
        rows,
    )


def _repeated(data: Dataset, path: Path) -> Dataset:
    """A data set of a million images, in a file that is mapped to memory as ours are."""
    images = np.lib.format.open_memmap(path, "w+", np.uint8, (MILLION, *data.spec.shape))
    for start in range(0, MILLION, len(data.x_train)):
        part = images[start : start + len(data.x_train)]
        part[:] = data.x_train[: len(part)]
    images.flush()
    del images
    return dataclasses.replace(
        data,
        x_train=np.load(path, mmap_mode="r", allow_pickle=False),
        y_train=np.resize(data.y_train, MILLION),
    )


def _images_a_second(data: Dataset) -> tuple[float, int]:
    """Speed of the first steps, and the bytes that the process then has for itself."""
    config = PRESETS["vae-2d"].config.variant(train_size=MILLION)
    training = train(config, data=data)
    steps = (event for event in training if isinstance(event, events.Step))
    first = next(islice(steps, 19, None))  # what starts with the training is over
    begun = time.perf_counter()
    last = next(step for step in steps if step.step >= first.step + STEPS)
    spent = time.perf_counter() - begun
    memory = _own_memory()
    training.close()
    return (last.step - first.step) * config.batch_size / spent, memory


def _own_memory() -> int:
    """Bytes that are this process's alone, pages of mapped files left out; Linux only."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024
