"""The verdict on a run: what it says follows from its numbers, for every kind of model and of data."""

from __future__ import annotations

from dataclasses import asdict, replace
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.third_model import NAME as THIRD
from tests.support.third_model import third_model
from tests.support.vectors import recipe, registered
from vaelab.config import PRESETS, RunConfig
from vaelab.config.traits import MODELS
from vaelab.events import Columns
from vaelab.paths import EXAMPLES
from vaelab.runs import History, RunStore, read_measures
from vaelab.runs.life import ACTIVE, State
from vaelab.teaching.baselines import Example
from vaelab.teaching.verdict import GRADES, Case, Verdict, grade_of, judge

EXAMPLES = {run.id: run for run in RunStore(Path("nowhere"), EXAMPLES).shipped_runs()}

PCA = 0.05
errors = st.floats(1e-6, 1e3)


def case(config: RunConfig, state: State = "running", **changes: Any) -> Case:
    """A run that has been evaluated once, after an epoch of 235 steps, in which nothing went wrong."""
    kl = 5.0 if config.traits.has_kl else None
    evaluated = {"step": 235, "epoch": 1.0, "recon": 130.0, "kl": kl, "mse": 0.04, **changes.pop("last", {})}
    return Case(**{
        "config": config, "state": state, "steps": Columns(), "evaluated": Columns().extended([evaluated]),
        "started": {"mean_image_loss": 200.0, "steps_per_epoch": 235, "floor_loss": 45.0}, "finished": None,
        "pca_error": PCA, "usual": None, **changes,
    })  # fmt: skip


def example(name: str, **changes: Any) -> Case:
    """The finished example of a preset."""
    run = EXAMPLES[name]
    history, measured = History(run), read_measures(run)
    assert measured is not None
    found = Case(
        config=run.config, state=run.status().state, steps=history.steps, evaluated=history.evaluated,
        started=history.started, finished=history.finished, pca_error=measured.values["pca_mse"], usual=None,
    )  # fmt: skip
    return replace(found, **changes)


def collapsed(config: RunConfig) -> Case:
    """A run whose KL has stayed at 0."""
    step = {"epoch": 0.5, "objective": 205.0, "recon": 205.0, "kl": 0.0}
    rows = [{"step": step_number, **step} for step_number in range(5, 500, 5)]
    last = {"recon": 205.0, "kl": 0.0, "mse": 0.067, "active_units": 0}
    return case(config, steps=Columns().extended(rows), last=last)


def all_of(verdict: Verdict) -> str:
    return " ".join(str(text) for text in asdict(verdict).values())


# Beside PCA


@pytest.mark.parametrize("share", [0.98, 1, 1.02])
def test_a_run_equal_to_pca_is_as_good_as_pca(share: float) -> None:
    at_pca = {"last": {"mse": share * PCA}}
    assert judge(case(RunConfig(), "finished", **at_pca)).title.startswith("As good as PCA:")
    assert judge(case(RunConfig(), **at_pca)).title.startswith("So far as good as PCA:")


def test_pca_itself_is_found_by_the_linear_example() -> None:
    assert judge(example("linear-ae")).title.startswith("As good as PCA")


@given(first=errors, second=errors, pca=errors)
def test_a_smaller_error_never_gets_worse_words(first: float, second: float, pca: float) -> None:
    low, high = sorted([first, second])
    assert GRADES.index(grade_of(low, pca)) <= GRADES.index(grade_of(high, pca))


@given(error=errors, pca=errors)
def test_words_say_on_which_side_of_pca_a_run_is(error: float, pca: float) -> None:
    words = grade_of(error, pca).words
    if "more" in words:
        assert error > pca
    elif "just" not in words:
        assert error < pca
    if "twice" in words:
        assert error > 1.99 * pca
    if "under a fifth" in words:
        assert error < 0.21 * pca


@pytest.mark.parametrize(
    ("words", "ratio"),
    [
        ("a quarter as", 1 / 4),
        ("a third as", 1 / 3),
        ("half as", 1 / 2),
        ("a third less", 2 / 3),
        ("a fifth less", 4 / 5),
    ],
)
def test_a_fraction_in_words_is_the_nearest_one(words: str, ratio: float) -> None:
    assert words in grade_of(ratio, 1).words


def test_each_judgement_is_one_range_and_the_ranges_follow_each_other() -> None:
    judgements = [grade.judgement for grade in GRADES]
    assert len([*groupby(judgements)]) == len(set(judgements))
    assert [grade.most for grade in GRADES] == sorted({grade.most for grade in GRADES})


def test_pca_without_an_error_is_not_reached() -> None:
    assert judge(case(RunConfig(latent_dim=256), "finished", pca_error=0.0)).title.startswith("Behind PCA")


def test_before_pca_is_known_nothing_is_claimed() -> None:
    verdict = judge(case(RunConfig(), "finished", pca_error=None))
    assert verdict.title == "Its copies are being compared with PCA"
    assert verdict.value == "135.0"


def test_an_error_of_pca_that_is_unknown_is_said_to_be() -> None:
    verdict = judge(case(RunConfig(), "finished", pca_error=float("nan")))
    assert verdict.title == "Not compared with PCA"
    assert "nan" not in verdict.about


def test_of_a_steered_run_it_is_said_that_another_sum_was_minimised() -> None:
    verdict = judge(
        case(RunConfig(), "finished", moved={"beta"}, usual=Example(RunConfig(), {"recon": 1.0, "kl": 1.0}))
    )
    assert "beta was moved" in verdict.unit
    assert "beta was moved" in verdict.about
    assert "usually" not in verdict.beside


def test_pca_has_as_many_numbers() -> None:
    assert "PCA with 1 number," in judge(case(RunConfig(latent_dim=1))).about
    assert "PCA with 2 numbers," in judge(case(RunConfig())).about


# The number


def test_a_vae_has_its_negative_elbo_and_what_to_compare_it_with() -> None:
    usual = Example(RunConfig(), {"recon": 134.6, "kl": 6.8, "mse": 0.036})
    verdict = judge(case(RunConfig(), usual=usual))
    assert (verdict.value, verdict.unit) == ("135.0", "how wrong, in nats per image: negative ELBO")
    assert verdict.beside == "this recipe usually 141.4 · without a model 200.0"


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_is_its_own_usual_end_and_no_fault(name: str) -> None:
    own = example(name)
    verdict = judge(replace(own, usual=Example(own.config, own.losses)))
    assert not verdict.is_fault
    assert verdict.beside.startswith(f"this recipe usually {verdict.value}")
    assert "PCA" in verdict.title


@pytest.mark.parametrize(
    "name", [name for name, preset in PRESETS.items() if not preset.config.traits.has_kl]
)
def test_the_verdict_on_an_ae_mentions_nothing_that_it_has_not(name: str) -> None:
    text = all_of(judge(example(name)))
    assert "KL" not in text
    assert "ELBO" not in text
    assert "bits" not in text


def test_without_a_kl_squared_error_is_given_per_pixel() -> None:
    verdict = judge(case(RunConfig(model="ae", reconstruction="mse"), last={"recon": -20.0}))
    assert (verdict.value, verdict.unit) == ("0.0400", "how wrong, in squared error per pixel")
    assert judge(case(RunConfig(model="ae"))).unit == "how wrong, in nats per image: reconstruction"


@pytest.mark.parametrize("beta", [0, 0.5, 4])
def test_another_beta_than_1_says_what_training_made_small(beta: float) -> None:
    verdict = judge(case(RunConfig(beta=beta)))
    assert f"trained on recon. + {beta:g}·KL" in verdict.unit
    assert f"reconstruction + {beta:g}·KL = {130 + beta * 5:.1f}" in verdict.about
    assert verdict.value == "135.0"
    assert "trained on" not in judge(case(RunConfig())).unit


def test_a_loss_below_0_has_a_minus_sign_and_is_explained() -> None:
    verdict = judge(case(RunConfig(reconstruction="mse"), last={"recon": -1257.5}))
    assert verdict.value == "−1252.5"
    assert "may exceed 1" in verdict.about
    assert "may exceed 1" not in judge(case(RunConfig())).about


@pytest.mark.parametrize("is_stochastic", [True, False])
def test_a_kind_of_model_with_a_kl_but_without_an_elbo_has_a_sum(is_stochastic: bool) -> None:
    with third_model(is_stochastic=is_stochastic):
        verdict = judge(case(RunConfig(model=THIRD)))
    assert (verdict.value, verdict.unit) == ("135.0", "how wrong, in nats per image: reconstruction + KL")
    assert "ELBO" not in all_of(verdict)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
def test_another_kind_of_data_has_its_own_words(model: str, reconstruction: str, tmp_path: Path) -> None:
    with registered(tmp_path):
        verdict = judge(case(recipe(model=model, reconstruction=reconstruction), last={"mse": 0.002}))
    text = all_of(verdict)
    assert "image" not in text
    assert "pixel" not in text
    assert "mean vector" in verdict.about


# Faults, and runs that are not over


def test_a_collapsed_run_is_called_so_before_all_else() -> None:
    verdict = judge(collapsed(RunConfig(beta=100)))
    assert verdict.is_fault
    assert verdict.title.startswith("Collapsed")
    assert verdict.detail == "KL 0.00 nats"


def test_a_kl_a_hair_below_0_is_0() -> None:
    found = collapsed(RunConfig(beta=100))
    last = {**found.evaluated.last, "kl": -1e-6}
    verdict = judge(replace(found, evaluated=Columns().extended([last])))
    assert verdict.detail == "KL 0.00 nats"
    assert "−0.0" not in all_of(verdict)
    assert "-0.0" not in all_of(verdict)


def test_a_diverged_run_is_called_so_with_or_without_an_evaluation() -> None:
    before = judge(case(RunConfig(), "diverged", evaluated=Columns()))
    after = judge(case(RunConfig(), "diverged"))
    assert before.title == after.title
    assert after.title.startswith("Diverged")
    assert before.is_fault
    assert (before.value, after.value) == ("–", "135.0")
    assert "before it diverged" in after.unit


def test_a_loss_far_above_the_mean_image_has_diverged_too() -> None:
    rows = [
        {"step": step, "epoch": 1.0, "objective": 1e4, "recon": 200.0 if step == 1 else 1e4, "kl": 5.0}
        for step in range(1, 300)
    ]
    verdict = judge(case(RunConfig(), steps=Columns().extended(rows), last={"recon": 1e4}))
    assert verdict.title.startswith("Diverged")


def test_a_run_that_has_learned_nothing_is_called_so() -> None:
    rows = [
        {"step": step, "epoch": step / 235, "objective": 200.0, "recon": 200.0, "kl": None}
        for step in range(1, 235)
    ]
    steps = Columns().extended(rows)
    verdict = judge(case(RunConfig(model="ae", epochs=1), "finished", steps=steps, last={"recon": 199.9}))
    assert verdict.title.startswith("Nothing learned")


@pytest.mark.parametrize("state", get_args(State))
def test_only_a_run_that_is_over_is_judged_for_good(state: State) -> None:
    title = judge(case(RunConfig(), state)).title
    assert title.startswith("So far") == (state in ACTIVE)


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("started", [True, False])
def test_before_the_first_evaluation_it_says_what_will_stand_here(state: State, started: bool) -> None:
    changes: dict[str, Any] = (
        {"evaluated": Columns()} if started else {"evaluated": Columns(), "started": None}
    )
    verdict = judge(case(RunConfig(), state, **changes))
    assert (verdict.value, verdict.about) == ("–", "")
    assert ("you will see here" in verdict.title) == (state in ACTIVE)
    assert verdict.beside == ("without a model 200.0" if started else "")
