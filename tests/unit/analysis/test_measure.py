"""Laws of the measures: what must hold for every model, against references that share no code with ours."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import MultivariateNormal

from vaelab.analysis.measure import NotFinite, accuracies, importance_bound, measure, probed_rows
from vaelab.config import RunConfig, measures
from vaelab.data import Dataset
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.evaluation import evaluate
from vaelab.models.kinds.image import to_unit
from vaelab.networks.sizes import IMAGES_A_PASS
from vaelab.runs import Measures
from vaelab.training import fit

VAE = RunConfig(epochs=3, hidden="32", latent_dim=4, batch_size=100, precision="fp32")
LIKELIHOODS = [{}, {"reconstruction": "mse"}, {"reconstruction": "mse", "sigma": 0.5},
               {"architecture": "conv", "hidden": "4-8/16", "epochs": 1}]  # fmt: skip
LINEAR = {"hidden": "none", "reconstruction": "mse", "sigma": 0.5, "latent_dim": 2}

Get = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def trained(tiny: Dataset) -> Get:
    """Models trained for a moment, by what differs from the plain VAE; each once."""
    models: dict[str, Autoencoder] = {}

    def get(changes: dict[str, Any]) -> Autoencoder:
        if str(changes) not in models:
            models[str(changes)] = fit(VAE.variant(**changes), data=tiny).model.requires_grad_(False)
        return models[str(changes)]

    return get


@pytest.fixture(scope="module")
def measured(trained: Get, tiny: Dataset) -> Get:
    """Their measures, each once."""
    found: dict[str, Measures] = {}

    def get(changes: dict[str, Any]) -> Measures:
        if str(changes) not in found:
            found[str(changes)] = measure(trained(changes), tiny, 7)
        return found[str(changes)]

    return get


def noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def bounds(model: Autoencoder, images: np.ndarray, samples: int, calls: int) -> tuple[float, float]:
    """Mean of the bound over several calls, and the standard error of that mean."""
    draws = [importance_bound(model, images, samples, noise(seed)).nll for seed in range(calls)]
    return float(np.mean(draws)), float(np.std(draws, ddof=1) / math.sqrt(calls))


# The importance-weighted bound


@pytest.mark.parametrize("changes", LIKELIHOODS, ids=str)
def test_with_one_code_the_bound_is_the_negative_elbo_in_expectation(
    changes: dict[str, Any], trained: Get, tiny: Dataset, negative_elbo_draws: Callable[..., torch.Tensor]
):
    model, images = trained(changes), tiny.x_test[:100]
    expected = negative_elbo_draws(model, to_unit(images), 200).mean(1)  # of each draw, over the images
    mean, error = bounds(model, images, 1, 40)
    together = math.hypot(error, expected.std().item() / math.sqrt(200))
    assert mean == pytest.approx(expected.mean().item(), abs=4 * together)
    assert together < 1


@pytest.mark.parametrize("changes", LIKELIHOODS, ids=str)
def test_the_bound_never_grows_with_the_codes_in_expectation(
    changes: dict[str, Any], trained: Get, tiny: Dataset
):
    """Burda and co-authors, theorem 1; and it does fall, unless the posterior is exact."""
    counts = (1, 2, 8, 40)
    found = [bounds(trained(changes), tiny.x_test[:60], samples, 80 // samples + 2) for samples in counts]
    for (fewer, its_error), (more, other_error) in pairwise(found):
        assert more <= fewer + 4 * math.hypot(its_error, other_error)
    assert found[-1][0] < found[0][0] - 4 * math.hypot(found[0][1], found[-1][1])


def test_the_bound_comes_down_to_the_likelihood_and_not_below_it(trained: Get, tiny: Dataset):
    """A linear decoder with a Gaussian behind it has a likelihood in closed form."""
    model, images = trained(LINEAR), tiny.x_test[:50]
    layer = next(module for module in model.decoder if hasattr(module, "weight"))
    weight, bias = layer.weight.double(), layer.bias.double()
    covariance = weight @ weight.T + 0.25 * torch.eye(784, dtype=torch.float64)
    x = to_unit(images).flatten(1).double()
    exact = -MultivariateNormal(bias, covariance).log_prob(x).mean().item()
    few, error = bounds(model, images, 5, 20)
    many, other_error = bounds(model, images, 500, 5)
    assert exact - 4 * other_error <= many
    assert many - exact < 0.2 * (few - exact) + 4 * math.hypot(error, other_error)


@given(seed=st.integers(0, 2**31), samples=st.integers(1, 6))
@settings(max_examples=15, deadline=None)
def test_the_gain_is_never_negative(seed: int, samples: int, trained: Get, tiny: Dataset):
    """The logarithm is concave, so this holds of every draw; with one code there is nothing to gain."""
    bound = importance_bound(trained({}), tiny.x_test[:8], samples, noise(seed))
    assert bound.gap >= 0
    assert samples > 1 or bound.gap == pytest.approx(0, abs=1e-9)


def test_an_exact_posterior_gains_nothing(tiny: Dataset):
    """Where code and image have nothing to do with each other, the prior is the exact posterior."""
    model = Autoencoder(VAE, (1, 28, 28)).requires_grad_(False)
    for layers in (model.encoder, model.decoder):
        for weight in layers.parameters():
            weight.zero_()
    bound = importance_bound(model, tiny.x_test[:10], 5, noise(0))
    assert (bound.nll, bound.gap) == pytest.approx((784 * math.log(2), 0), abs=1e-3)


def test_the_bound_does_not_depend_on_the_size_of_a_pass(
    trained: Get, tiny: Dataset, monkeypatch: pytest.MonkeyPatch
):
    whole, _ = bounds(trained({}), tiny.x_test[:60], 20, 10)
    monkeypatch.setitem(IMAGES_A_PASS["evaluation"], "dense", 7)
    parts, error = bounds(trained({}), tiny.x_test[:60], 20, 10)
    assert parts == pytest.approx(whole, abs=6 * error)


def test_beta_has_no_part_in_the_measures(trained: Get, measured: Get, tiny: Dataset):
    model = trained({})
    other = Autoencoder(model.config.variant(beta=100), (1, 28, 28))
    other.load_state_dict(model.state_dict())
    assert measure(other.requires_grad_(False), tiny, 7) == measured({})


def test_an_ae_has_no_bound(trained: Get, tiny: Dataset):
    with pytest.raises(ValueError, match="AE has no distribution"):
        importance_bound(trained({"model": "ae"}), tiny.x_test[:2], 2, noise(0))


# Neighbours and probe


def test_classes_that_lie_apart_are_told_and_shuffled_labels_are_not():
    """Chance is 1 in 10; 1,000 answers scatter round it by 0.0095."""
    generator = np.random.default_rng(0)
    centres = 40 * generator.standard_normal((10, 3))
    labels, asked = generator.integers(0, 10, 2000), generator.integers(0, 10, 1000)
    codes = centres[labels] + generator.standard_normal((2000, 3))
    test_codes = centres[asked] + generator.standard_normal((1000, 3))
    assert min(accuracies(codes, labels, test_codes, asked)) > 0.99
    # Those of the test too: else the answers to one cluster would be right or wrong together.
    shuffled, others = generator.permutation(labels), generator.permutation(asked)
    for share in accuracies(codes, shuffled, test_codes, others):
        assert share == pytest.approx(0.1, abs=4 * math.sqrt(0.1 * 0.9 / 1000))


def test_with_shuffled_labels_a_trained_model_is_at_chance(trained: Get, tiny: Dataset):
    """At most as good as always answering the most frequent class, within what 500 answers scatter."""
    shuffled = replace(tiny, y_train=np.random.default_rng(1).permutation(tiny.y_train))
    most = np.bincount(tiny.y_test).max() / len(tiny.y_test)
    values = measure(trained({}), shuffled, 7).values
    for share in (values["neighbour_accuracy"], values["probe_accuracy"]):
        assert share < most + 4 * math.sqrt(0.1 * 0.9 / 500)
    honest = measure(trained({}), tiny, 7).values
    assert min(honest["neighbour_accuracy"], honest["probe_accuracy"]) > 0.5


@given(scale=st.floats(1e-6, 1e6), shift=st.floats(-100, 100))
@settings(max_examples=10, deadline=None)
def test_accuracies_do_not_depend_on_the_scale_of_codes(scale: float, shift: float):
    generator = np.random.default_rng(0)
    labels = np.arange(300) % 3
    codes = labels[:, None] + generator.standard_normal((300, 2))
    plain = accuracies(codes[:200], labels[:200], codes[200:], labels[200:])
    moved = scale * (codes + shift)
    again = accuracies(moved[:200], labels[:200], moved[200:], labels[200:])
    assert again == pytest.approx(plain, abs=0.03)


def test_codes_that_never_change_are_at_chance():
    """As after a collapse: nothing is divided by a standard deviation of 0."""
    labels = np.arange(100) % 2
    shares = accuracies(np.ones((100, 3)), labels, np.ones((100, 3)), labels)
    assert set(shares) == {0.5}


def test_the_probed_images_are_the_same_for_every_run_and_drawn_without_order():
    rows = probed_rows(60_000)
    assert np.array_equal(rows, probed_rows(60_000))
    assert len(set(rows.tolist())) == len(rows) == 10_000
    assert (np.diff(rows) > 0).all()
    assert np.mean(rows) == pytest.approx(30_000, abs=4 * 60_000 / math.sqrt(12 * 10_000))
    assert np.array_equal(probed_rows(50), np.arange(50))


# All measures


@pytest.mark.parametrize("changes", [*LIKELIHOODS, {"model": "ae"}], ids=str)
def test_two_calls_give_the_same(changes: dict[str, Any], trained: Get, measured: Get, tiny: Dataset):
    torch.manual_seed(3)
    np.random.seed(3)  # noqa: NPY002 - that is the generator nobody may draw from
    assert measure(trained(changes), tiny, 7) == measured(changes)


@pytest.mark.parametrize("changes", [*LIKELIHOODS, {"model": "ae"}], ids=str)
def test_the_measures_are_those_of_an_evaluation_and_defined_where_they_should_be(
    changes: dict[str, Any], trained: Get, measured: Get, tiny: Dataset
):
    model, values = trained(changes), measured(changes).values
    result = evaluate(model, tiny.x_test)
    for name in ("recon", "kl", "neg_elbo", "mse"):
        expected = getattr(result, name)
        assert values[name] == (None if expected is None else pytest.approx(expected, rel=1e-5))
    assert {name for name in measures() if values[name] is not None} == {
        name for name, quantity in measures().items() if quantity.is_defined(model.config)
    }
    assert measured(changes).step == 7
    if values["kl_per_dim"]:
        assert sum(values["kl_per_dim"]) == pytest.approx(values["kl"])
        assert 0 <= values["active_units"] <= model.config.latent_dim
        # Of the same images and the same kind of draws: both estimate one negative ELBO.
        assert values["nll"] + values["nll_gap"] == pytest.approx(values["neg_elbo"], rel=0.02)
        assert values["nll_gap"] > 0


def test_a_linear_ae_is_not_below_pca(tiny: Dataset):
    """Nothing linear has a smaller squared error on the training images; here they are the test images."""
    same = replace(tiny, x_test=tiny.x_train[:500], y_test=tiny.y_train[:500], x_train=tiny.x_train[:500])
    config = RunConfig(model="ae", hidden="none", reconstruction="mse", latent_dim=3, epochs=30,
                       batch_size=50, precision="fp32")  # fmt: skip
    values = measure(fit(config, data=same).model.requires_grad_(False), same, 1).values
    # PCA's images are rounded to 256 grey values, and clamping may help either.
    assert values["pca_mse"] * 0.99 < values["mse"] < values["pca_mse"] * 1.1


@pytest.mark.parametrize("broken", ["encoder", "decoder"])
def test_numbers_that_are_not_finite_are_refused_in_a_sentence(broken: str, tiny: Dataset):
    model = Autoencoder(VAE, (1, 28, 28)).requires_grad_(False)
    next(getattr(model, broken).parameters()).fill_(math.nan)
    with pytest.raises(NotFinite, match=r"not finite numbers\.$"):
        measure(model, tiny, 7)


def test_threads_and_denormals_are_as_before(trained: Get, tiny: Dataset):
    before = torch.get_num_threads()
    measure(trained({}), tiny, 7)
    assert torch.get_num_threads() == before
