"""Beta and the learning rate changed by hand while a run trains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vaelab import events
from vaelab.config import RunConfig
from vaelab.networks.sizes import IMAGES_A_PASS
from vaelab.training import steering

SMALL = RunConfig(epochs=3, hidden="16", beta_warmup=1)
"""Eight steps an epoch on the tiny data; beta rises in the first, and the rate goes up and down."""

MOVES: dict[int, dict[str, float]] = {
    1: {"beta": 4.0},
    4: {"beta": 4.0, "learning_rate": 3e-3},
    9: {"learning_rate": 3e-3},
    13: {"beta": 0.1},
    20: {},
}
"""What the dials are moved to, by the number of the look at the request."""


def moved(moves: dict[int, dict[str, float]]) -> dict[int, events.Request]:
    numbered = enumerate(moves.items(), start=1)
    return {
        look: events.Request(dials=events.Dials(**values), change=number)
        for number, (look, values) in numbered
    }


def without_changes(said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of a training, but for the changes and what checkpoints say of them."""
    return [
        {name: value for name, value in event.items() if not name.startswith("resume.steering")}
        for event in said
        if event["event"] != "changed"
    ]


def test_a_moved_dial_holds_from_the_next_step_on_until_the_schedule_goes_on(record, recorded, wishing):
    recording, plain = record(SMALL, request=wishing(moved(MOVES))), recorded(SMALL)
    changes = recording.of(events.Changed)
    assert {(change.field, change.value) for change in changes} == {
        ("beta", 4.0), ("beta", 0.1), ("beta", None), ("learning_rate", 3e-3), ("learning_rate", None),
    }  # fmt: skip
    scheduled = {event.step: event for event in plain.of(events.Step)}
    for event in recording.of(events.Step):
        for field in events.DIALS:
            before = [
                change.value for change in changes if change.field == field and change.step < event.step
            ]
            held = before[-1] if before else None
            assert getattr(event, field) == (getattr(scheduled[event.step], field) if held is None else held)


def test_each_change_answers_the_wish_that_asked_for_it(record, wishing):
    changes = record(SMALL, request=wishing(moved(MOVES))).of(events.Changed)
    asked = dict(enumerate(MOVES.values(), start=1))
    assert [change.change for change in changes] == sorted(change.change for change in changes)
    for change in changes:
        assert asked[change.change].get(change.field) == change.value


def test_the_effect_is_that_of_a_run_with_the_value_from_the_start(record, recorded, wishing):
    """Before the first step, a change of beta is the recipe with that beta."""
    moved_at_once = record(SMALL, request=wishing(moved({1: {"beta": 4.0}})))
    recipe = recorded(SMALL.variant(beta=4.0, beta_warmup=0))
    assert without_changes(moved_at_once.said) == without_changes(recipe.said)


@pytest.mark.parametrize("optimizer", ["adam", "momentum"])
def test_dials_moved_to_the_values_they_have_change_nothing(optimizer, record, recorded, wishing):
    config = SMALL.variant(
        beta_warmup=0, lr_schedule="constant", optimizer=optimizer, beta=2.0, learning_rate=0.002
    )
    moves = {3: {"beta": 2.0}, 8: {"beta": 2.0, "learning_rate": 0.002}, 15: {}, 17: {"learning_rate": 0.002}}
    recording = record(config, request=wishing(moved(moves)))
    assert len(recording.of(events.Changed)) == 5
    assert without_changes(recording.said) == without_changes(recorded(config).said)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several chunks per step, so that training can stop within them."""
    monkeypatch.setitem(IMAGES_A_PASS["training"], "dense", 100)


@pytest.mark.usefixtures("small_pieces")
def test_a_steered_run_goes_on_exactly_wherever_it_was_released(record, wishing):
    wish = moved({1: {"beta": 4.0, "learning_rate": 3e-3}})[1]
    looks = wishing({4: wish})
    whole = record(SMALL, request=looks).said
    for look in range(8, looks.calls + 1, 13):  # the wish of look 4 has been fulfilled by then
        first = record(SMALL, request=wishing({4: wish, look: replace(wish, action="release")}))
        rest = record(SMALL, resume=first.events[-2], changes=first.of(events.Changed), request=lambda: wish)
        assert first.said[:-2] + rest.said[1:] == whole


def test_changes_after_a_checkpoint_are_made_again_at_their_steps(record, wishing):
    """What a crash leaves: an old checkpoint, all changes, and a request that holds the last one."""
    whole = record(SMALL, request=wishing(moved(MOVES)))
    changes, last = whole.of(events.Changed), moved(MOVES)[max(MOVES)]
    for index, checkpoint in enumerate(whole.events):
        if isinstance(checkpoint, events.Checkpoint):
            rest = record(SMALL, resume=checkpoint, changes=changes, request=lambda: last)
            assert rest.said[1:] == whole.said[index + 1 :]


def test_a_wish_waits_until_earlier_changes_have_been_made_again(record, wishing):
    whole = record(SMALL, request=wishing(moved(MOVES)))
    new = events.Request(dials=events.Dials(beta=7.0), change=9)
    start = next(event for event in whole.events if isinstance(event, events.Checkpoint))
    rest = record(SMALL, resume=start, changes=whole.of(events.Changed), request=lambda: new)
    *again, last = rest.of(events.Changed)
    assert again == whole.of(events.Changed)
    assert (last.step, last.value) == (again[-1].step, 7.0)


def test_a_model_without_a_kl_has_no_beta_to_move(record, recorded, wishing):
    config = SMALL.variant(model="ae", beta_warmup=0)
    recording = record(config, request=wishing(moved({2: {"beta": 9.0}})))
    assert recording.said == recorded(config).said


@pytest.mark.parametrize(("field", "value"), [("beta", -1.0), ("learning_rate", 0.0), ("beta", float("nan"))])
def test_a_value_that_no_recipe_may_have_is_refused_by_name(field, value, record, wishing):
    with pytest.raises(ValueError, match=field):
        record(SMALL, request=wishing(moved({3: {field: value}})))


def test_after_the_last_change_that_a_run_takes_the_dials_hold(record, wishing, monkeypatch):
    monkeypatch.setattr(steering, "MOST_CHANGES", 3)
    moves = {look: {"beta": 1.0 + look} for look in range(1, 20)}
    recording = record(SMALL, request=wishing(moved(moves)))
    changes = recording.of(events.Changed)
    assert len(changes) == 3
    assert recording.of(events.Step)[-1].beta == changes[-1].value


def test_an_epoch_in_which_beta_was_changed_ends_no_run(record, wishing):
    """With beta 0 the objective falls below what the recipe can reach with its own beta."""
    config = SMALL.variant(epochs=4, beta=50.0, beta_warmup=0, stop_loss=400.0)
    recording = record(config, request=wishing(moved({2: {"beta": 0.0}})))
    finished = recording.events[-1]
    assert finished.reason == "stop_loss"
    assert finished.epoch >= 2
