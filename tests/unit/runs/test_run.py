"""A run says how it stands, and in a sentence what of it is damaged."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from tests.support.recorded import set_status
from tests.support.waiting import until
from vaelab.config import RunConfig
from vaelab.events import Request
from vaelab.files import write_json
from vaelab.runs import Run, RunDamaged, RunStore, describe
from vaelab.runs.status import HEARTBEAT

CONFIG = RunConfig(model="ae", latent_dim=3, epochs=1)


@pytest.fixture
def run(store: RunStore) -> Run:
    return store.create(CONFIG, owner="somebody")


# Names


def test_a_run_is_called_by_its_name_or_by_what_it_is(run: Run) -> None:
    assert run.title == describe(CONFIG) == "AE · MNIST · 3-D · 1 epoch"
    run.set_meta(name="First try")
    assert run.title == "First try"


def test_only_our_own_snapshots_count(run: Run) -> None:
    (run.path / "snapshots").mkdir()
    for name in (
        "000012.npz",
        "000003.npz",
        "1234567.npz",
        "000003 (copy).npz",
        ".000004.npz-ab.npz",
        "x.npz",
    ):
        (run.path / "snapshots" / name).touch()
    assert run.snapshot_steps() == [3, 12, 1234567]


# What is not as it should be

DAMAGES = {
    "missing": None,
    "empty": b"",
    "cut": b'{"created": 17',
    "no object": b"[1, 2]",
    "no text": b"\xff\xfe\x00",
    "too deep": b"[" * 100_000,
    "wrong types": b'{"created": "x", "state": 3, "latent_dim": [], "action": 1}',
}
READ = {
    "config.json": lambda run: run.config,
    "meta.json": lambda run: run.meta,
    "status.json": lambda run: run.status(),
    "request.json": lambda run: run.request(),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", READ)
def test_what_is_damaged_is_told_in_a_sentence(store: RunStore, run: Run, name: str, damage: str) -> None:
    set_status(run, state="stopped")
    run.set_request(Request())
    other, path = store.create(CONFIG), run.path / name
    path.unlink() if DAMAGES[damage] is None else path.write_bytes(DAMAGES[damage])
    damaged = Run(run.path)
    if damage == "missing" and name in ("status.json", "request.json"):
        assert READ[name](damaged)  # neither is there from the start
    else:
        with pytest.raises(RunDamaged, match=f"^Run {run.id} has .*{name}"):
            READ[name](damaged)
    assert set(store.runs()) == {run, other}
    assert store.find(other.id) == other


def test_a_damaged_config_names_its_fields(run: Run) -> None:
    values = {**CONFIG.model_dump(), "latent_dim": 0}
    write_json(run.path / "config.json", values)
    with pytest.raises(
        RunDamaged, match=r"Latent dimension \(latent_dim\): must be a whole number from 1 to 256, not 0"
    ):
        _ = Run(run.path).config


def test_fields_of_a_later_version_are_passed_over(run: Run) -> None:
    set_status(run, state="stopped", step=3)
    for name in ("meta.json", "status.json"):
        write_json(run.path / name, {**run._json(name), "colour": "green"})
    assert (run.meta.owner, run.status().step) == ("somebody", 3)


# How training stands


def as_held_by(pid: int, **values: object) -> dict[str, object]:
    here = {"state": "running", "host": socket.gethostname(), "pid": pid, "heartbeat": time.time()}
    return {**here, **values}


def a_dead_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_before_the_first_word_of_a_worker(run: Run) -> None:
    assert run.status().state == "interrupted"
    run.set_meta(place=0.0)
    assert run.status().state == "queued"
    run.set_request(Request(action="pause"))
    assert run.status().state == "queued"
    run.set_meta(place=None)
    assert run.status().state == "paused"


@pytest.mark.parametrize("state", ["running", "paused"])
@pytest.mark.parametrize("place", [None, 3.0])
def test_a_living_writer_is_believed(run: Run, state: str, place: float | None) -> None:
    run.set_meta(place=place)
    set_status(run, **as_held_by(os.getpid(), state=state, step=5))
    assert (run.status().state, run.status().step) == (state, 5)


@pytest.mark.parametrize("state", ["running", "paused"])
def test_a_dead_writer_leaves_an_interrupted_run(run: Run, state: str) -> None:
    set_status(run, **as_held_by(a_dead_pid(), state=state, step=5))
    assert (run.status().state, run.status().step) == ("interrupted", 5)
    assert "resumed from its last epoch" in run.status().message


def test_a_writer_that_let_go_of_a_pause_leaves_it_paused(run: Run) -> None:
    set_status(run, **as_held_by(0, state="paused"))
    assert run.status().state == "paused"
    assert not run.status().has_writer


def test_another_process_with_the_number_of_the_writer_is_not_the_writer(run: Run) -> None:
    before = psutil.Process().create_time() - 60
    set_status(run, **as_held_by(os.getpid(), heartbeat=before))
    assert run.status().state == "interrupted"


def test_a_zombie_is_dead(run: Run) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE)
    set_status(run, **as_held_by(process.pid))
    assert run.status().state == "interrupted"
    process.wait()


@pytest.mark.parametrize(("silent_for", "state"), [(0.0, "running"), (HEARTBEAT * 20, "interrupted")])
def test_a_writer_on_another_machine_is_known_by_its_heartbeat(
    run: Run, silent_for: float, state: str
) -> None:
    set_status(run, **as_held_by(1, host="elsewhere", heartbeat=time.time() - silent_for))
    assert run.status().state == state


@pytest.mark.parametrize("state", ["finished", "stopped", "diverged", "failed", "interrupted", "paused"])
def test_a_run_with_a_place_waits_again(run: Run, state: str) -> None:
    set_status(run, state=state, step=9)
    assert run.status().state == state
    run.set_meta(place=0.0)
    assert (run.status().state, run.status().step) == ("queued", 9)


# Changing what is known of it


def test_a_request_comes_back_as_it_was(run: Run) -> None:
    assert run.request() == Request()
    for request in (Request(action="stop"), Request(until_epoch=3)):
        run.set_request(request)
        assert run.request() == request


def test_changes_from_several_threads_are_all_kept(run: Run) -> None:
    def change(field: str) -> None:
        for number in range(25):
            run.set_meta(**{field: f"{field} {number}"})

    threads = [threading.Thread(target=change, args=(field,)) for field in ("name", "group", "owner")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (run.meta.name, run.meta.group, run.meta.owner) == ("name 24", "group 24", "owner 24")


@pytest.mark.parametrize(
    ("group", "kind"),
    [("twins-3f2a99", "twins"), ("sweep-3f2a99", "sweep"), ("", ""), ("of-mine", ""), ("sweeps", "")],
)
def test_the_kind_of_an_old_group_is_read_from_its_text(run: Run, group: str, kind: str) -> None:
    write_json(run.path / "meta.json", {"created": 1.0, "group": group})  # as before there was a kind
    assert (run.meta.group, run.meta.kind) == (group, kind)
    run.set_meta(name="x")
    assert json.loads((run.path / "meta.json").read_text())["kind"] == kind


def test_what_a_run_says_of_its_kind_counts(run: Run) -> None:
    run.set_meta(group="twins-3f2a99", kind="sweep")
    assert run.meta.kind == "sweep"
    write_json(run.path / "meta.json", {"created": 1.0, "kind": "triplets"})
    with pytest.raises(RunDamaged, match=r"meta\.json that is not valid: kind"):
        _ = run.meta


def test_a_deleted_run_is_not_made_anew_by_a_change(store: RunStore, run: Run) -> None:
    store.delete(run)
    with pytest.raises(RunDamaged):
        run.set_meta(name="x")
    with pytest.raises(OSError, match="No such file"):
        run.set_request(Request())
    assert not run.path.exists()
