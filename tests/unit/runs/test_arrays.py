"""Arrays come back from a run's folder bit for bit, or with a sentence that says what is damaged."""

from __future__ import annotations

import dataclasses
import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from vaelab import files
from vaelab.config import RunConfig
from vaelab.events import Checkpoint, Preview, Snapshot
from vaelab.files import write_json
from vaelab.networks.cells import forward_shapes
from vaelab.runs import Run, RunDamaged, arrays, read_preview, read_weights
from vaelab.runs.arrays import (
    drop_snapshots_after,
    read_checkpoint,
    read_snapshot,
    save_checkpoint,
    save_preview,
    save_snapshot,
)

CHECKPOINT = Checkpoint(
    step=7,
    epoch=0.1 + 0.2,
    model={"encoder.0.weight": np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)},
    resume={
        "counters": np.array([7, 0, -1, 2], np.int64),
        "seconds": np.array(1.5),
        "optimizer.0.exp_avg": np.full((2, 3), 1e-30, np.float32),
        "random.noise": np.arange(16, dtype=np.uint8),
    },
)
SNAPSHOT = Snapshot(
    step=470, epoch=2.0,
    decoder={"decoder.0.weight": np.ones((3, 2), np.float16), "decoder.2.weight": np.eye(6, 5, dtype="f2")},
    mean=np.arange(8, dtype=np.float16).reshape(4, 2), logvar=np.zeros((4, 2), np.float16),
    reconstructions=np.arange(32, dtype=np.uint8).reshape(2, 1, 4, 4),
)  # fmt: skip
PREVIEW = Preview(
    step=3, epoch=0.006, images_per_second=1234.5, mean=np.ones((5, 2), np.float32),
    reconstructions=np.zeros((2, 1, 28, 28), np.uint8), samples=np.ones((2, 1, 28, 28), np.uint8),
)  # fmt: skip
FORWARD = {
    name: np.random.default_rng(0).normal(size=shape).astype(np.float16)
    for name, shape in forward_shapes(RunConfig(), (1, 28, 28), 2).items()
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "abc" / "snapshots").mkdir(parents=True)
    write_json(tmp_path / "abc" / "config.json", RunConfig().model_dump())
    return Run(tmp_path / "abc")


def same(first: Any, second: Any) -> bool:
    """Equal in type, shape and every bit."""
    if dataclasses.is_dataclass(first):
        names = [field.name for field in dataclasses.fields(first)]
        return all(same(getattr(first, name), getattr(second, name)) for name in names)
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[name], second[name]) for name in first)
    if isinstance(first, np.ndarray):
        alike = (first.dtype, first.shape) == (second.dtype, second.shape)
        return alike and first.tobytes() == second.tobytes()
    return type(first) is type(second) and first == second


def test_a_checkpoint_comes_back_bit_for_bit(run: Run) -> None:
    assert read_checkpoint(run) is None
    save_checkpoint(run, CHECKPOINT)
    assert same(CHECKPOINT, read_checkpoint(run))
    assert same(CHECKPOINT.model, read_weights(run))


@pytest.mark.parametrize("logvar", [SNAPSHOT.logvar, None])
def test_a_snapshot_comes_back_bit_for_bit(run: Run, logvar: np.ndarray | None) -> None:
    snapshot = dataclasses.replace(SNAPSHOT, logvar=logvar)
    save_snapshot(run, snapshot)
    assert same(snapshot, read_snapshot(run, 470))
    assert run.snapshot_steps() == [470]


def test_a_snapshot_of_the_first_version_comes_back_bit_for_bit(run: Run) -> None:
    """It had 16 bits a weight, and did not say a version."""
    first = {name: value for name, value in vars(SNAPSHOT).items() if name != "decoder"} | SNAPSHOT.decoder
    np.savez(run.snapshot_file(470), **first)
    assert same(SNAPSHOT, read_snapshot(run, 470))


def test_a_packed_snapshot_is_read(run: Run) -> None:
    save_snapshot(run, SNAPSHOT)
    with np.load(run.snapshot_file(470)) as file:
        stored = dict(file)
    np.savez_compressed(run.snapshot_file(470), **stored)
    assert same(SNAPSHOT, read_snapshot(run, 470))


@pytest.mark.parametrize("version", [0, 3, -2])
def test_a_snapshot_of_an_unknown_version_is_refused_with_a_sentence(run: Run, version: int) -> None:
    save_snapshot(run, SNAPSHOT)
    with np.load(run.snapshot_file(470)) as file:
        stored = dict(file) | {"version": version}
    np.savez(run.snapshot_file(470), **stored)
    with pytest.raises(RunDamaged, match=f"a snapshot of version {version}, and this program reads 1 and 2"):
        read_snapshot(run, 470)


def test_who_knows_the_first_version_only_finds_no_matrix_in_a_new_snapshot(run: Run) -> None:
    """Whole numbers under a matrix's name would be taken for weights, and shown as noise."""
    save_snapshot(run, SNAPSHOT)
    with np.load(run.snapshot_file(470)) as file:
        assert [name for name in file if name.startswith("decoder.")] == ["decoder.0.weight"]
        assert file["int8.decoder.2.weight"].dtype == np.int8


@pytest.mark.parametrize("forward", [FORWARD, {}], ids=["today", "of an older version"])
@pytest.mark.parametrize("samples", [PREVIEW.samples, None])
def test_a_preview_comes_back_bit_for_bit(
    run: Run, samples: np.ndarray | None, forward: dict[str, np.ndarray]
) -> None:
    assert read_preview(run) is None
    preview = dataclasses.replace(PREVIEW, samples=samples, forward=forward)
    save_preview(run, preview)
    assert same(preview, read_preview(run))


@pytest.mark.parametrize(
    "wrong",
    [
        {name: array for name, array in FORWARD.items() if name != "logvar"},
        {**FORWARD, "mean": np.zeros((3, 2), np.float32)},
        {**FORWARD, "encoder.9": FORWARD["mean"]},
        {**FORWARD, "recon": np.array(["a", "b"])},
    ],
)
def test_forward_passes_of_another_config_are_told(run: Run, wrong: dict[str, np.ndarray]) -> None:
    save_preview(run, dataclasses.replace(PREVIEW, forward=wrong))
    with pytest.raises(RunDamaged, match="of another config"):
        read_preview(run)


def test_what_is_not_there_is_told(run: Run) -> None:
    with pytest.raises(RunDamaged, match=r"^Run abc has no readable 000005\.npz"):
        read_snapshot(run, 5)
    with pytest.raises(RunDamaged, match=r"^Run abc has no readable model\.safetensors"):
        read_weights(run)


def test_later_snapshots_are_dropped(run: Run) -> None:
    for step in (1, 4, 16, 470):
        save_snapshot(run, dataclasses.replace(SNAPSHOT, step=step))
    drop_snapshots_after(run, 4)
    assert run.snapshot_steps() == [1, 4]
    drop_snapshots_after(run, -1)
    assert run.snapshot_steps() == []


def test_everybody_may_read_what_the_others_may_read(run: Run) -> None:
    """On a shared machine weights are as readable as the config beside them."""
    files.write_json(run.path / "config.json", {})
    save_checkpoint(run, CHECKPOINT)
    save_preview(run, PREVIEW)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in run.path.iterdir() if path.is_file()}
    assert set(modes.values()) == {modes["config.json"]}


# Damage

READERS: dict[str, tuple[Callable[[Run], object], Callable[[Run], object]]] = {
    "snapshots/000470.npz": (lambda run: save_snapshot(run, SNAPSHOT), lambda run: read_snapshot(run, 470)),
    "preview.npz": (lambda run: save_preview(run, PREVIEW), read_preview),
    "resume.safetensors": (lambda run: save_checkpoint(run, CHECKPOINT), read_checkpoint),
    "model.safetensors": (lambda run: save_checkpoint(run, CHECKPOINT), read_weights),
}


@pytest.mark.parametrize("name", READERS)
@given(share=st.floats(0, 1, exclude_max=True))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_file_that_was_cut_is_told(run: Run, name: str, share: float) -> None:
    READERS[name][0](run)
    path = run.path / name
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(RunDamaged, match=Path(name).name):
        READERS[name][1](run)


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
def test_any_other_bytes_are_read_or_told(run: Run, name: str, data: st.DataObject) -> None:
    READERS[name][0](run)
    path = run.path / name
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(RunDamaged):  # and nothing else
        READERS[name][1](run)


@pytest.mark.parametrize("name", READERS)
@given(content=st.binary(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
def test_files_of_another_kind_are_told(run: Run, name: str, content: bytes) -> None:
    (run.path / name).write_bytes(content)
    with pytest.raises(RunDamaged):
        READERS[name][1](run)


def test_a_single_array_is_no_snapshot(run: Run) -> None:
    with (run.path / "snapshots" / "000470.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(RunDamaged):
        read_snapshot(run, 470)


class Dangerous:
    """Does something when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("done-by-unpickling",)


def test_nothing_is_unpickled(run: Run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with (run.path / "preview.npz").open("wb") as file:
        np.savez(file, mean=np.array([Dangerous()], dtype=object), step=1, epoch=1.0, images_per_second=1.0)
    with pytest.raises(RunDamaged, match="allow_pickle"):
        read_preview(run)
    assert not Path("done-by-unpickling").exists()


def test_a_checkpoint_that_does_not_say_its_step_is_told(run: Run) -> None:
    for about in ({}, {"step": "x", "epoch": "1.0"}, {"step": "1"}):
        save_file({"model.w": np.zeros(2)}, run.path / "resume.safetensors", about)
        with pytest.raises(RunDamaged, match="does not say its step"):
            read_checkpoint(run)


# Writing


@pytest.mark.parametrize(
    "save", [lambda run: save_checkpoint(run, CHECKPOINT), lambda run: save_preview(run, PREVIEW)]
)
def test_a_full_disk_leaves_the_files_before(run: Run, monkeypatch, save: Callable[[Run], None]) -> None:
    save(run)
    before = {path.name: path.read_bytes() for path in run.path.iterdir() if path.is_file()}

    def full(path: Path, write: Callable[[Path], object], *_: object) -> None:
        def half(draft: Path) -> None:
            write(draft)
            os.truncate(draft, draft.stat().st_size // 2)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        files.write_whole(path, half)

    monkeypatch.setattr(arrays, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        save(run)
    assert {path.name: path.read_bytes() for path in run.path.iterdir() if path.is_file()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    "save", [lambda run: save_checkpoint(run, CHECKPOINT), lambda run: save_preview(run, PREVIEW)]
)
def test_a_really_full_disk_is_an_os_error(run: Run, monkeypatch, save: Callable[[Run], None]) -> None:
    def onto_the_full_device(path: Path, write: Callable[[Path], object], *_: object) -> None:
        path.symlink_to("/dev/full")
        write(path)

    monkeypatch.setattr(arrays, "write_whole", onto_the_full_device)
    with pytest.raises(OSError, match="No space left") as raised:
        save(run)
    assert raised.value.errno == errno.ENOSPC
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_who_reads_a_file_while_it_is_replaced_reads_the_old_one(run: Run) -> None:
    save_snapshot(run, SNAPSHOT)
    with np.load(run.path / "snapshots" / "000470.npz", allow_pickle=False) as old:
        save_snapshot(run, dataclasses.replace(SNAPSHOT, mean=SNAPSHOT.mean + 1))
        assert same(old["mean"], SNAPSHOT.mean)
    assert same(read_snapshot(run, 470).mean, SNAPSHOT.mean + 1)
