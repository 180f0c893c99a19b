"""Hints: each fires on a training that shows its fault, and none on the finished examples."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaelab import events
from vaelab.config import RunConfig
from vaelab.models.evaluation import Evaluation
from vaelab.paths import EXAMPLES
from vaelab.runs import History, RunStore
from vaelab.runs.arrays import read_snapshot
from vaelab.teaching.glossary import find
from vaelab.teaching.hints import ABOUT, MOST, RULES, SILENCES, Hint, codes, evidence, find_hints, losses
from vaelab.teaching.hints.evidence import evidence_of

EXAMPLES = {run.id: run for run in RunStore(Path("nowhere"), EXAMPLES).shipped_runs()}

SMALL = {"train_size": 2_000, "hidden": "128", "batch_size": 20, "epochs": 2, "precision": "fp32"}
"""A hundred steps an epoch on the tiny data, within a second."""

FAULTY: dict[str, dict[str, Any]] = {
    "diverging": {"model": "ae", "optimizer": "sgd", "lr_schedule": "constant", "learning_rate": 1},
    "few-steps": {"batch_size": 2_000, "epochs": 5},
    "slow": {"learning_rate": 1e-5},
    "collapse": {"beta": 100},
    "stuck": {"model": "ae", "activation": "sigmoid", "hidden": "64-64-64-64-64"},
    "overfitting": {"model": "ae", "train_size": 50, "batch_size": 5, "epochs": 25, "latent_dim": 20,
                    "hidden": "256"},
    "beta-too-small": {"beta": 0},
    "beta-too-large": {"beta": 8, "epochs": 4, "learning_rate": 3e-3},
    "far-from-prior": {"beta": 0.1, "epochs": 4},
    "oscillating": {"model": "ae", "train_size": 200, "batch_size": 2, "epochs": 4},
    "underfitting": {"lr_schedule": "constant", "learning_rate": 2e-4, "epochs": 3, "hidden": "64"},
    "narrow": {"latent_dim": 1},
}  # fmt: skip
"""Settings that show each fault. Unused dimensions take longer: see test_failures.py."""

HEALTHY: dict[str, dict[str, Any]] = {
    "vae": {"epochs": 5},
    "ae": {"model": "ae", "epochs": 5},
    "mse": {"reconstruction": "mse", "epochs": 5},
    "20 dimensions": {"latent_dim": 20, "epochs": 5},
}

Said = tuple[RunConfig, list[dict[str, Any]]]
Trained = Callable[..., Said]


@pytest.fixture(scope="module")
def trained(record) -> Trained:
    """Train a small recipe with some settings, once each; its events as they are written down."""

    def run(**settings: Any) -> Said:
        return once(tuple(sorted({**SMALL, **settings}.items())))

    @cache
    def once(fields: tuple[tuple[str, Any], ...]) -> Said:
        config = RunConfig(**dict(fields))
        kept = (events.Started, events.Step, events.Evaluated, events.Finished)
        return config, [events.as_json(event) for event in record(config).events if isinstance(event, kept)]

    return run


def columns(said: list[dict[str, Any]], kind: str) -> events.Columns:
    return events.Columns().extended([event for event in said if event["event"] == kind])


def hints_of(config: RunConfig, said: list[dict[str, Any]]) -> list[Hint]:
    one = {event["event"]: event for event in said}
    return find_hints(
        config, columns(said, "step"), columns(said, "evaluated"), one.get("started"), one.get("finished")
    )


def rules(config: RunConfig, said: list[dict[str, Any]]) -> list[str]:
    return [hint.rule for hint in hints_of(config, said)]


def ever(config: RunConfig, said: list[dict[str, Any]]) -> set[str]:
    """Every rule that fires at any moment of a run."""
    return {rule for end in range(1, len(said) + 1) for rule in rules(config, said[:end])}


# On real trainings


@pytest.mark.parametrize("rule", FAULTY)
def test_a_fault_is_recognised(rule: str, trained: Trained):
    config, said = trained(**FAULTY[rule])
    found = {hint.rule: hint for hint in hints_of(config, said)}
    assert rule in found
    assert any(character.isdigit() for character in found[rule].evidence)


@pytest.mark.parametrize("name", HEALTHY)
def test_a_healthy_training_is_left_alone(name: str, trained: Trained):
    config, said = trained(**HEALTHY[name])
    assert rules(config, said) == []
    assert ever(config, said) <= {"rising-kl"}


def test_a_rising_kl_is_explained_while_it_rises_and_not_afterwards(trained: Trained):
    config, said = trained(**HEALTHY["vae"])
    assert "rising-kl" in ever(config, said)
    late = [event for event in said if event.get("epoch", 0) >= codes.RISING_KL_EPOCHS]
    assert "rising-kl" not in rules(config, [said[0], *late[:-1]])
    assert "rising-kl" not in ever(*trained(**HEALTHY["ae"]))


@pytest.mark.parametrize("rule", ["collapse", "stuck", "slow", "few-steps", "beta-too-small", "narrow"])
def test_its_advice_mends_the_fault(rule: str, trained: Trained):
    config, said = trained(**FAULTY[rule])
    hint = next(hint for hint in hints_of(config, said) if hint.rule == rule)
    better = config.variant(**(hint.changes or {}))
    assert rule not in rules(*trained(**better.model_dump(exclude={"version"})))


def test_few_epochs_of_small_batches_are_too_few_steps_as_well(trained: Trained):
    config, said = trained(batch_size=100, epochs=3)
    (hint, *_) = hints_of(config, said)
    assert (hint.rule, set(hint.changes or {})) == ("few-steps", {"epochs"})
    assert "few-steps" not in rules(*trained(batch_size=100, **(hint.changes or {})))


def test_the_same_faults_are_seen_with_another_seed(trained: Trained):
    for rule in ("collapse", "beta-too-small", "stuck"):
        assert rule in rules(*trained(**FAULTY[rule], seed=1))


# On the finished examples


@pytest.mark.parametrize("name", EXAMPLES)
def test_finished_examples_are_left_alone(name: str):
    said = with_moments(name)
    assert rules(EXAMPLES[name].config, said) == []
    assert rules(EXAMPLES[name].config, without(said, "active_units", "aggregate_variance")) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_finished_examples_were_left_alone_as_they_trained(name: str):
    # Plain SGD at its default rate does swing at first, which that example is there to show.
    allowed = {"rising-kl"} | ({"oscillating"} if name == "optimizers" else set())
    assert ever(EXAMPLES[name].config, with_moments(name)) <= allowed


def with_moments(name: str) -> list[dict[str, Any]]:
    """An example's events, with what older files leave out, from the codes of its snapshots."""
    run = EXAMPLES[name]
    history, steps = History(run), set(run.snapshot_steps())
    said = [{"event": "started", **(history.started or {})}]
    for kind, rows in (("step", history.steps), ("evaluated", history.evaluated)):
        said += [{"event": kind, **row} for row in rows.rows()]
    said[1:] = sorted(said[1:], key=lambda event: (event["step"], event["event"] == "evaluated"))
    for event in said:
        if event["event"] == "evaluated" and event["step"] in steps:
            snapshot = read_snapshot(run, event["step"])
            codes_then = Evaluation(0, 0, None, None, None, snapshot.mean.astype(np.float32), None)
            if snapshot.logvar is not None:
                codes_then = replace(codes_then, logvar=snapshot.logvar.astype(np.float32))
            event["active_units"] = codes_then.active_units
            event["aggregate_variance"] = codes_then.aggregate_variance
    return [*said, {"event": "finished", **(history.finished or {})}]


def without(said: list[dict[str, Any]], *fields: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in event.items() if name not in fields} for event in said]


# Laws

number = st.one_of(st.none(), st.floats(), st.integers(-1000, 10**9))


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[float | None]]:
    """Columns of up to 130 rows, each of a few numbers in any order: to draw every one takes long."""
    count, order = draw(st.integers(0, 130)), random.Random(draw(st.integers(0, 10**6)))
    return {
        name: order.choices(draw(st.lists(number, min_size=1, max_size=6)), k=count)
        for name in ("step", "epoch", "recon", "kl", "objective", "train_objective", "active_units")
    }


rows = tables()
start = st.none() | st.fixed_dictionaries(
    {"mean_image_loss": number, "floor_loss": number, "steps_per_epoch": number, "train_images": number}
)
reasons = st.none() | st.sampled_from(["epochs", "stopped", "diverged", "stop_loss"]).map(
    lambda reason: {"reason": reason}
)
configs = st.sampled_from(
    [RunConfig(**{**SMALL, **settings}) for settings in FAULTY.values()]
    + [RunConfig(reconstruction="mse", sigma=0.1), RunConfig(reconstruction="mse"), RunConfig(epochs=500)]
)


@settings(max_examples=150, deadline=None)
@given(config=configs, steps=rows, evaluated=rows, started=start, finished=reasons)
def test_whatever_was_said_gives_at_most_a_few_hints_that_can_be_followed(
    config, steps, evaluated, started, finished
):
    found = find_hints(config, events.Columns(steps), events.Columns(evaluated), started, finished)
    assert found == find_hints(config, events.Columns(steps), events.Columns(evaluated), started, finished)
    assert len(found) <= MOST
    order = list(RULES)
    assert [hint.rule for hint in found] == sorted((hint.rule for hint in found), key=order.index)
    for hint in found:
        assert (hint.changes is None) == (hint.label == "")
        assert config.variant(**(hint.changes or {})) != config or hint.changes is None
        assert hint.evidence.endswith(".")
        assert hint.advice.endswith(".")


def test_every_rule_has_a_title_and_a_term_and_silences_others_only():
    assert list(ABOUT) == list(RULES)
    for _, term in ABOUT.values():
        assert find(term)
    order = list(RULES)
    for rule, silenced in SILENCES.items():
        assert all(order.index(other) > order.index(rule) for other in silenced), rule


def test_nothing_is_said_of_a_run_that_has_said_nothing():
    nothing = events.Columns()
    assert find_hints(RunConfig(), nothing, nothing, None) == []
    started = {"mean_image_loss": 200.0, "steps_per_epoch": 235}
    assert find_hints(RunConfig(), nothing, nothing, started) == []


def test_a_rule_has_no_memory(trained: Trained):
    """Looking at moments in any order gives each the hints that it has by itself."""
    config, said = trained(**FAULTY["far-from-prior"])
    moments = list(range(1, len(said) + 1))
    forward = {end: rules(config, said[:end]) for end in moments}
    random.Random(0).shuffle(moments)
    assert {end: rules(config, said[:end]) for end in moments} == forward


def seen_with(trained: Trained, rule: str, **changes: Any) -> evidence.Evidence:
    config, said = trained(**FAULTY[rule])
    one = {event["event"]: event for event in said}
    seen = evidence_of(
        config, columns(said, "step"), columns(said, "evaluated"), one["started"], one["finished"]
    )
    assert seen is not None
    return replace(seen, **changes)


def fires_up_to(values: list[float], fires: Callable[[float], bool]) -> bool:
    """Whether a rule fires for the first of the values and, once it is silent, for none of the rest."""
    answers = [fires(value) for value in values]
    return answers[0] and not answers[-1] and answers == sorted(answers, reverse=True)


def test_thresholds_are_passed_once(trained: Trained):
    """The farther from the fault, the sooner a hint is gone, and it does not come back."""

    def with_kl(kl: float) -> bool:
        arrays = {"train_kl": np.full(200, kl), "test_kl": np.full(2, kl), "active_units": None}
        return codes.collapse(seen_with(trained, "collapse", **arrays)) is not None

    def with_variance(variance: float) -> bool:
        changed = {"aggregate_variance": np.full(2, variance)}
        return codes.far_from_prior(seen_with(trained, "far-from-prior", **changed)) is not None

    def with_active(active: float) -> bool:
        seen = seen_with(trained, "far-from-prior", active_units=int(active))
        wide = replace(seen, config=seen.config.variant(latent_dim=20, beta=1))
        return codes.unused_dimensions(wide) is not None

    def with_recon(recon: float) -> bool:
        seen = seen_with(trained, "stuck", test_recon=np.full(2, recon))
        return losses.stuck(seen) is not None

    assert fires_up_to([0, 0.01, codes.COLLAPSED * 0.99, codes.COLLAPSED, 1, 10], with_kl)
    assert fires_up_to([100, 10, 2.01, 2.0, 1.5, 1], with_variance)
    assert fires_up_to([0.01, 0.1, 0.49, 0.5, 1], with_variance)
    assert fires_up_to([1, 5, 9, 10, 20], with_active)
    assert fires_up_to([210, 200, 190, 100], with_recon)


def test_a_kl_that_nothing_holds_back_is_not_learned_by_heart(trained: Trained):
    assert "overfitting" not in ever(*trained(beta=0, epochs=8))


@pytest.mark.parametrize("batch_size", [2, 4, 8, 16])
def test_few_images_get_advice_that_makes_more_steps_of_them(batch_size: int, trained: Trained):
    config, said = trained(model="ae", train_size=20, batch_size=batch_size, epochs=5)
    (hint, *_) = hints_of(config, said)
    better = config.variant(**(hint.changes or {}))
    steps = [-(-each.train_size // each.batch_size) * each.epochs for each in (config, better)]
    assert (hint.rule, steps[0] < steps[1]) == ("few-steps", True)


def test_calmer_steps_are_enough_of_them_and_get_further(trained: Trained):
    config, said = trained(**FAULTY["oscillating"])
    (hint, *_) = hints_of(config, said)
    better, after = trained(**config.variant(**(hint.changes or {})).model_dump(exclude={"version"}))
    assert not {"few-steps", "oscillating"} & set(rules(better, after))
    before, now = (columns(each, "evaluated")["recon"][-1] for each in (said, after))
    assert now < before


def test_more_images_are_not_a_training_of_hours(trained: Trained):
    config, said = trained(**FAULTY["overfitting"])
    hint = next(hint for hint in hints_of(config, said) if hint.rule == "overfitting")
    better = config.variant(**(hint.changes or {}))
    assert better.train_size > config.train_size
    assert better.train_size / better.batch_size <= losses.STEPS_PER_EPOCH
