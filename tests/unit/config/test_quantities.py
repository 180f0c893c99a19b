"""The registry of quantities is complete, and all code that shows or compares a quantity asks it."""

from __future__ import annotations

from dataclasses import fields

import pytest

from vaelab.analysis.measure import COMPUTED
from vaelab.config import QUANTITIES, RunConfig, losses, measures
from vaelab.config.comparable import best, comparable
from vaelab.events import Evaluated, Step
from vaelab.teaching.glossary import find

VAE, AE = RunConfig(), RunConfig(model="ae")
GAUSSIAN = RunConfig(reconstruction="mse")
OF_LIKELIHOODS = ("neg_elbo", "recon", "kl", "nll", "nll_gap", "active_units", "kl_per_dim")

NO_LOSSES = {"step", "epoch", "seconds", "beta", "learning_rate", "sigma", "aggregate_variance"}
"""Fields of events that are no quantities: progress, and values of the schedules."""


def test_every_quantity_is_described_and_the_glossary_knows_it():
    labels = [quantity.label for quantity in QUANTITIES.values()]
    heads = [quantity.head for quantity in QUANTITIES.values()]
    assert len({*labels}) == len({*heads}) == len(labels)
    for name, quantity in QUANTITIES.items():
        assert quantity.name == name
        assert quantity.label
        assert quantity.title[0] == quantity.title[0].upper()
        assert quantity.unit
        assert quantity.digits >= (quantity.mean_digits or 0) >= 0
        assert quantity.better in ("lower", "higher", "neither")
        assert set(quantity.parts) <= set(QUANTITIES)
        assert quantity.meaning.endswith(".")
        assert quantity.meaning.count(". ") == 0
        assert find(name)


def test_every_loss_of_an_event_is_a_quantity():
    said = {field.name for event in (Step, Evaluated) for field in fields(event)} - NO_LOSSES
    assert {name.removeprefix("held_out_").removeprefix("train_") for name in said} <= set(QUANTITIES)
    for name, loss in losses().items():
        assert {name, *(f"held_out_{part}" for part in loss.parts or [name])} <= said


def test_every_measure_is_computed():
    assert set(COMPUTED) == set(measures())


@pytest.mark.parametrize("other", [{"beta": 4}, {"model": "ae"}, {"latent_dim": 8}, {"sigma": 0.1}])
def test_runs_of_one_likelihood_are_compared_on_everything(other: dict[str, object]):
    """Sigma has no effect on cross-entropy."""
    assert comparable([VAE, VAE.variant(**other)]) == tuple(measures())


@pytest.mark.parametrize("other", [VAE, GAUSSIAN.variant(sigma=0.1)])
def test_runs_of_two_likelihoods_are_compared_on_errors_and_accuracies(other: RunConfig):
    assert comparable([GAUSSIAN, other]) == tuple(name for name in measures() if name not in OF_LIKELIHOODS)
    assert comparable([GAUSSIAN, GAUSSIAN.variant(beta=2)]) == tuple(measures())


def test_runs_of_two_data_sets_are_not_compared():
    assert comparable([VAE, VAE.variant(dataset="kmnist")]) == ()


def test_the_best_is_found_among_runs_that_can_be_compared():
    configs = [VAE, VAE.variant(beta=4)]
    assert best("neg_elbo", configs, [142.5, 150.0]) == {0}
    assert best("neighbour_accuracy", configs, [0.8123, 0.9]) == {1}
    assert best("mse", configs, [0.0365, 0.0365]) == {0, 1}
    assert best("kl", configs, [7.25, 7.5]) == set()
    assert best("neg_elbo", [VAE, GAUSSIAN], [142.5, 150.0]) == set()
    assert best("neighbour_accuracy", [VAE, GAUSSIAN], [0.8123, 0.9]) == {1}
    assert best("mse", [VAE, VAE.variant(dataset="kmnist")], [0.0365, 0.0365]) == set()


def test_an_ae_or_a_run_without_measures_is_never_the_best_of_what_it_has_not():
    configs = [AE, VAE, VAE.variant(beta=4), VAE.variant(beta=2)]
    assert best("neg_elbo", configs, [None, 142.5, 150.0, None]) == {1}
    assert best("mse", configs, [0.03, 0.0365, 0.0365, None]) == {0}
    assert best("neg_elbo", configs[:2], [None, 142.5]) == set()


def test_values_in_words():
    def in_words(name: str, value: object) -> str:
        return QUANTITIES[name].in_words(value)

    assert in_words("neg_elbo", 142.456) == "142.46"
    assert in_words("mse", 0.036504) == "0.0365"
    assert in_words("neighbour_accuracy", 0.8123) == "81.2"
    assert in_words("active_units", 20) == "20"
    assert in_words("kl_per_dim", (3.25, 4.0)) == "3.25 · 4.00"
    assert in_words("kl_per_dim", tuple(range(7))) == "0.00 to 6.00, median 3.00"
