"""A history that is read on says the same as one read anew, however the file grew meanwhile."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vaelab import events
from vaelab.config import RunConfig
from vaelab.files import write_whole
from vaelab.runs import History, Recorder, Run
from vaelab.runs.history import drop_events_after

CONFIG = RunConfig(train_size=500, hidden="16", epochs=2)

started = events.as_json(
    events.Started(
        train_images=9, test_images=9, steps_per_epoch=9, parameters=9, threads=1, precision="fp32",
        device="cpu", step=0, mean_image_loss=9.0, floor_loss=None,
    )
)  # fmt: skip
finished = events.as_json(events.Finished(step=9, epoch=1, reason="stopped", message="", seconds=9.0))


def step(number: int, **fields: Any) -> dict[str, Any]:
    said = events.Step(
        step=number, epoch=0.5, objective=1.0, recon=number / 7, kl=None, beta=None, learning_rate=0.1
    )
    return {**events.as_json(said), **fields}


def evaluated(number: int, **fields: Any) -> dict[str, Any]:
    said = events.Evaluated(
        step=number, epoch=1.0, recon=1.0, mse=1 / (1 + number), kl=None, neg_elbo=None, kl_per_dim=None,
        train_objective=None, sigma=None, seconds=1.0,
    )  # fmt: skip
    return {**events.as_json(said), **fields}


def without_name(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "event"}


def lines(*said: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in said)


def told(history: History) -> tuple[Any, ...]:
    return history.started, history.finished, history.steps.rows(), history.evaluated.rows()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


@pytest.fixture
def file(run: Run) -> Path:
    return run.path / "events.jsonl"


def test_a_history_is_what_training_said(run: Run, record: Any) -> None:
    said = record(CONFIG)
    for _ in Recorder(run).record(iter(said.events)):
        pass
    history = History(run)
    for columns, kind in ((history.steps, events.Step), (history.evaluated, events.Evaluated)):
        assert columns.keys() == {field.name for field in fields(kind)}
        assert columns.rows() == [asdict(event) for event in said.of(kind)]
        for name in ("step", "epoch", "recon", "kl"):
            values = [getattr(event, name) for event in said.of(kind)]
            np.testing.assert_array_equal(columns[name], np.array(values, dtype=np.float64))
    assert history.started == asdict(said.of(events.Started)[0])
    assert history.finished is not None
    assert history.finished["reason"] == "epochs"


def test_nothing_has_been_said_yet(run: Run, file: Path) -> None:
    history = History(run)
    assert told(history) == (None, None, [], [])
    assert history.steps["recon"].tolist() == []
    file.write_bytes(lines(started, step(1)))
    history.refresh()
    assert history.steps["step"].tolist() == [1]


LONG = lines(started, *(step(number, note="é\u2028") for number in range(1, 20)), evaluated(20), finished)


@given(st.lists(st.integers(0, len(LONG)), max_size=12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_where_the_file_ends_when_it_is_looked_at_does_not_matter(
    run: Run, file: Path, ends: list[int]
) -> None:
    file.write_bytes(b"")
    history = History(run)
    for end in [*sorted(ends), len(LONG)]:
        file.write_bytes(LONG[:end])
        history.refresh()
        whole = LONG[:end].count(b"\n")
        assert len(history.steps["step"]) == min(19, max(0, whole - 1))
    assert history.steps["step"].tolist() == list(range(1, 20))
    assert (history.started, history.finished) == (without_name(started), without_name(finished))


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_after_being_resumed_it_is_read_anew(run: Run, file: Path, data: st.DataObject) -> None:
    """Any sequence of training on, stopping, and resuming from some step, with looks in between."""
    file.write_bytes(lines(started))
    history, at = History(run), 0
    for turn in range(data.draw(st.integers(1, 6))):
        trained = data.draw(st.integers(0, 3))
        with file.open("ab") as log:
            # A resumed run says the same again; only the time spent differs.
            log.write(lines(*(step(number) for number in range(at + 1, at + 1 + trained))))
            log.write(lines(evaluated(at + trained, seconds=turn)))
            if data.draw(st.booleans()):
                log.write(lines(finished))
        if data.draw(st.booleans()):
            history.refresh()
        at = data.draw(st.integers(0, at + trained))
        kept = drop_events_after(file, at)
        if data.draw(
            st.booleans()
        ):  # as a recorder does it; else a file system that gives the same inode again
            write_whole(file, lambda draft, kept=kept: draft.write_bytes(kept))
        else:
            file.write_bytes(kept)
        with file.open("ab") as log:
            log.write(lines({**started, "step": at, "turn": turn}))
        if data.draw(st.booleans()):
            history.refresh()
            assert told(history) == told(History(run))
    history.refresh()
    assert told(history) == told(History(run))


def test_a_torn_line_is_passed_over(run: Run, file: Path) -> None:
    torn = [b'{"event": "step", "st', b"[1]\n", b"3\n", b"\xff\xfe\n", b"[" * 50_000 + b"\n", b"\n"]
    file.write_bytes(lines(started, step(1)) + b"".join(torn) + lines(step(2)))
    history = History(run)
    assert history.steps["step"].tolist() == [1, 2]


def test_a_field_that_some_lines_lack_is_none_there(run: Run, file: Path) -> None:
    file.write_bytes(lines(step(1), step(2, new=5), evaluated(2)))
    history = History(run)
    with file.open("ab") as log:
        log.write(lines(step(3, newer=6)))
    history.refresh()
    assert {len(column) for column in history.steps.values()} == {3}
    assert [[row[name] for row in history.steps.rows()] for name in ("new", "newer")] == [
        [None, 5, None], [None, None, 6]
    ]  # fmt: skip
    np.testing.assert_array_equal(history.steps["new"], [np.nan, 5, np.nan])


def test_who_reads_columns_keeps_them(run: Run, file: Path) -> None:
    file.write_bytes(lines(started, step(1)))
    history = History(run)
    held = history.steps
    with file.open("ab") as log:
        log.write(lines(step(2)))
    history.refresh()
    assert (held["step"].tolist(), history.steps["step"].tolist()) == ([1], [1, 2])
    assert (held.rows(), held.last["step"]) == ([without_name(step(1))], 1)
    np.testing.assert_array_equal(held["nothing"], [np.nan])
    assert "nothing" not in held


@pytest.fixture
def _impatient_threads() -> Iterator[None]:
    """Threads give way to each other all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_impatient_threads")
def test_threads_that_share_a_history_count_nothing_twice(run: Run, file: Path) -> None:
    file.touch()
    history, rounds, readers, added = History(run), 8, 4, 2000
    together = threading.Barrier(readers + 1)

    def read() -> None:
        for _ in range(rounds):
            together.wait()
            history.refresh()
            seen = history.steps["step"]
            looks.append(np.array_equal(seen, np.arange(len(seen))))

    looks: list[bool] = []
    threads = [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for turn in range(rounds):
        with file.open("ab") as log:
            log.write(lines(*(step(turn * added + number) for number in range(added))))
        together.wait()
    for thread in threads:
        thread.join()
    assert looks == [True] * readers * rounds
    assert history.steps["step"].tolist() == list(range(rounds * added))


# What a resumed run keeps


def test_a_resumed_run_keeps_what_was_said_up_to_its_step(file: Path) -> None:
    file.write_bytes(lines(started, step(1), step(2), evaluated(2), step(3), evaluated(4), finished))
    assert drop_events_after(file, 2) == lines(started, step(1), step(2), evaluated(2))
    assert drop_events_after(file, 0) == lines(started)


def test_a_resumed_run_keeps_no_torn_line(file: Path) -> None:
    whole = lines(started, step(1))
    file.write_bytes(whole + lines(step(2)).rstrip(b"\n"))
    assert drop_events_after(file, 9) == whole  # another line would be added to the last one
    file.write_bytes(whole + b'{"event": "step", "step": "x"}\n{"event": "st\n' + lines(step(2)))
    assert drop_events_after(file, 9) == whole + lines(step(2))


def test_a_run_without_events_keeps_none(tmp_path: Path) -> None:
    assert drop_events_after(tmp_path / "events.jsonl", 5) == b""


def test_a_deleted_run_keeps_what_was_read(run: Run, file: Path) -> None:
    file.write_bytes(lines(started, step(1)))
    history = History(run)
    os.remove(file)
    history.refresh()
    assert history.steps["step"].tolist() == [1]
