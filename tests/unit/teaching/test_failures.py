"""The failure gallery: every recipe fails as it says, on the real data."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from vaelab import events
from vaelab.data import Dataset
from vaelab.teaching.failures import FAILURES
from vaelab.teaching.hints import RULES, find_hints
from vaelab.training import train

KEPT = (events.Started, events.Step, events.Evaluated, events.Finished)


def columns(history: list[events.Event], kind: type) -> events.Columns:
    return events.Columns().extended([asdict(event) for event in history if isinstance(event, kind)])


@pytest.mark.quality
@pytest.mark.parametrize("name", FAILURES)
def test_it_ends_in_its_hint(name: str, mnist: Dataset) -> None:
    config = FAILURES[name].config
    history = [event for event in train(config, data=mnist, threads=1) if isinstance(event, KEPT)]
    steps, evaluated = columns(history, events.Step), columns(history, events.Evaluated)
    found = find_hints(config, steps, evaluated, asdict(history[0]), asdict(history[-1]))
    assert FAILURES[name].hint in [hint.rule for hint in found]


def test_every_fault_can_be_seen_and_each_in_one_recipe() -> None:
    shown = [failure.hint for failure in FAILURES.values()]
    assert sorted(shown) == sorted(set(RULES) - {"rising-kl"})  # which is no fault


def test_titles_and_recipes_are_all_different() -> None:
    failures = list(FAILURES.values())
    assert len({failure.title for failure in failures}) == len(failures)
    assert len({failure.config for failure in failures}) == len(failures)


@pytest.mark.parametrize("name", FAILURES)
def test_it_asks_before_it_answers_in_one_sentence(name: str) -> None:
    failure = FAILURES[name]
    question = failure.question
    assert "?" in question.ask
    assert question.why.endswith(".")
    assert question.why.count(". ") == 0
    assert len(set(question.options)) == len(question.options) == 3
    assert len(question.right) == 1
    assert all(0 <= option < len(question.options) for option in question.right)


def test_the_right_answer_has_no_place_of_its_own() -> None:
    assert len({failure.question.right for failure in FAILURES.values()}) == 3


@pytest.mark.parametrize("name", FAILURES)
def test_it_is_over_soon(name: str) -> None:
    """At most what a second or two of training take: images seen, and evaluations on the test images."""
    config = FAILURES[name].config
    assert config.train_size * config.epochs <= 120_000
    assert config.epochs <= 20
