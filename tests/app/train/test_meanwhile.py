"""What is shown while a run waits for its first step."""

from __future__ import annotations

from pathlib import Path

import pytest

from vaelab.config import RunConfig
from vaelab.paths import EXAMPLES
from vaelab.runs import RunStore, Status
from vaelab.runs.life import State
from vaelab.ui.train import meanwhile
from vaelab.ui.train.meanwhile import shown_meanwhile


@pytest.fixture(autouse=True)
def _examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with the shipped examples."""
    monkeypatch.setattr(meanwhile, "store", lambda: RunStore(tmp_path, EXAMPLES))


def shown(tmp_path: Path, status: Status, **fields: object) -> meanwhile.Meanwhile | None:
    return shown_meanwhile(RunStore(tmp_path).create(RunConfig(**fields)), status)


def test_a_waiting_run_is_stood_in_for_by_the_nearest_example_and_it_says_so(tmp_path: Path) -> None:
    stand_in = shown(tmp_path, Status(state="queued"), epochs=3, beta=1.2)
    assert stand_in is not None
    assert stand_in.example.id == "vae-2d"
    assert stand_in.words.startswith("**Meanwhile, a finished example:** VAE · MNIST · 2-D")
    stand_in = shown(tmp_path, Status(state="queued"), dataset="fashion-mnist")
    assert stand_in is not None
    assert stand_in.example.id == "vae-2d-fashion"
    assert shown(tmp_path, Status(state="paused")) is not None


@pytest.mark.parametrize("state", ["running", "finished", "stopped", "failed", "diverged", "interrupted"])
def test_nothing_stands_in_for_a_run_that_does_not_wait(state: State, tmp_path: Path) -> None:
    assert shown(tmp_path, Status(state=state)) is None


@pytest.mark.parametrize("state", ["queued", "paused"])
def test_a_run_that_has_trained_shows_itself_while_it_waits(state: State, tmp_path: Path) -> None:
    assert shown(tmp_path, Status(state=state, step=1)) is None
