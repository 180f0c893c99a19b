"""The table of a run's life is complete, agrees with itself, and stands in the README."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, get_args, get_type_hints

import pytest

from vaelab.events import Dials, Finished, Request
from vaelab.paths import PROJECT
from vaelab.runs import Action
from vaelab.runs.life import (
    EFFECTS,
    LIFE,
    STATES,
    Stage,
    State,
    goes_on,
    offers,
    request_of,
    rests,
    stage_of,
    state_after,
    state_of,
)

BOTH = (True, False)
FOLDERS = [
    ("paused", False, ""), ("interrupted", False, ""),
    *((state, True, writer) for state in ("running", "paused") for writer in ("", "lives", "lost")),
    *((state, True, "") for state in ("finished", "stopped", "diverged", "failed", "interrupted")),
]  # fmt: skip
"""The state in a run's folder, whether its training has begun, and what has become of its writer."""


BUTTONS: dict[Action, str] = {
    "pause": "Pause", "resume": "Resume", "epoch": "One epoch", "stop": "Stop", "end": "Stop its group",
}  # fmt: skip
LEADS_TO: dict[Action, str] = {
    "pause": "`paused`", "resume": "`running`", "epoch": "`running`, then `paused`", "stop": "`stopped`",
    "end": "`stopped`",
}  # fmt: skip
"""State of the run after a worker has done what was asked."""


def life_as_markdown() -> str:
    """Both tables of a run's life in Markdown."""
    states = [
        (f"`{state}`", row.meaning, ", ".join(BUTTONS[action] for action in row.offers) or "–")
        for state, row in STATES.items()
    ]
    stages = [
        (row.meaning, *(EFFECTS[row.effect(action)] for action in BUTTONS), EFFECTS[row.delete])
        for row in LIFE.values()
    ]
    heads = [f"{button} → {LEADS_TO[action]}" for action, button in BUTTONS.items()]
    return "\n\n".join(
        (
            table(("State", "Meaning", "Buttons"), states),
            table(("A run that …", *heads, "Delete"), stages),
        )
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def test_the_readme_shows_the_table() -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    assert life_as_markdown() in readme, (
        f"Paste this into the README, The life of a run:\n\n{life_as_markdown()}"
    )


def test_every_state_and_every_stage_has_a_row() -> None:
    assert list(STATES) == list(get_args(State))
    assert list(LIFE) == list(get_args(Stage))
    assert {state for row in LIFE.values() for state in row.states} == set(STATES)


@pytest.mark.parametrize(("written", "begun", "writer"), FOLDERS)
def test_a_run_shows_as_a_state_of_its_stage(written: State, begun: bool, writer: str) -> None:
    """Whatever its folder, the queue and the workers say."""
    for has_place, waits, worker_gone in product(BOTH, BOTH, BOTH):
        lives = writer == "lives"
        state = state_of(written, has_writer=lives, lost_writer=writer == "lost", waits=has_place)
        # A run that waits and has a writer was taken by another server: the queue will see it.
        stage = stage_of(
            state,
            begun=begun,
            has_writer=lives,
            waits=waits and has_place and not lives,
            worker_gone=worker_gone,
        )
        assert state in LIFE[stage].states or (written, writer, worker_gone) == ("running", "", True)


def test_what_a_page_offers_has_an_effect() -> None:
    for stage, row in LIFE.items():
        for state, action in product(row.states, get_args(Action)):
            assert stage == "damaged" or row.effect(action) or not offers(state, action), (stage, action)
    assert not any(offers(None, action) for action in get_args(Action))


def test_what_some_process_may_write_is_stopped_before_it_is_deleted() -> None:
    first_stopped = {stage for stage, row in LIFE.items() if row.delete == "after"}
    assert first_stopped == {"new", "returning", "given", "running", "held"}


@pytest.mark.parametrize(
    ("action", "epoch", "wanted"),
    [
        ("pause", 1.5, {"action": "pause"}),
        ("resume", 1.5, {}),
        ("epoch", 1.5, {"until_epoch": 2}),
        ("epoch", 2.0, {"until_epoch": 3}),
        ("stop", 1.5, {"action": "stop"}),
        ("end", 1.5, {"action": "stop"}),
    ],
)
def test_what_is_written_down_for_a_worker(action: Action, epoch: float, wanted: dict[str, Any]) -> None:
    """Whatever was asked before does not count any more, but for the dials, which stay as they are."""
    dials = {"dials": Dials(beta=4.0), "change": 2}
    before = Request(action="pause", until_epoch=1, **dials)
    assert request_of(action, epoch, before) == Request(**dials, **wanted)


@pytest.mark.parametrize(
    ("state", "request_", "more"),
    [
        ("paused", Request(), True),
        ("paused", Request(until_epoch=2), True),
        ("paused", Request(until_epoch=1), False),
        ("paused", Request(action="stop"), True),
        ("paused", Request(action="pause"), False),
        ("paused", Request(action="release"), False),
        ("stopped", Request(), True),
        ("stopped", Request(action="stop"), False),
        ("finished", Request(), False),
    ],
)
def test_what_was_asked_in_the_moment_of_the_end_is_still_done(
    state: State, request_: Request, more: bool
) -> None:
    assert goes_on(state, request_, epoch=1.0) == more


def test_a_paused_run_rests_until_it_is_asked_for_more() -> None:
    assert rests(Request(action="pause"), 1.0)
    assert rests(Request(until_epoch=2), 2.0)
    assert not rests(Request(until_epoch=2), 1.9)
    assert not rests(Request(action="stop"), 1.0)


def test_every_end_of_a_training_leaves_a_state() -> None:
    reasons = get_args(get_type_hints(Finished)["reason"])
    assert {state_after(reason) for reason in (*reasons, "error")} == {
        "finished", "stopped", "diverged", "failed", "interrupted",
    }  # fmt: skip
    assert [state_after(reason, paused=True) for reason in ("released", "stopped")] == ["paused", "stopped"]
