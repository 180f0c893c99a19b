"""A density fitted to codes."""

from __future__ import annotations

import numpy as np
import pytest

from vaelab.latent.mixture import MOST_COMPONENTS, Mixture, fit

CENTRES = np.array([[10.0, 0, 0], [-10, 0, 3], [0, 20, 0]])


def clusters(count: int = 3000, scale: float = 1.0) -> np.ndarray:
    """Codes in three clusters, with the first two coordinates correlated in each."""
    random = np.random.default_rng(0)
    along = random.normal(size=(count, 1)) * [2.0, 2.0, 0.0]
    codes = CENTRES[np.arange(count) % 3] + along + 0.3 * random.normal(size=(count, 3))
    return (scale * codes).astype(np.float32)


@pytest.fixture(scope="module")
def mixture() -> Mixture:
    return fit(clusters())


@pytest.mark.parametrize("scale", [0.001, 1.0, 1000.0])
def test_draws_are_distributed_as_the_codes_on_any_scale(scale):
    codes = clusters(scale=scale)
    draws = fit(codes).draw(20_000, seed=0)
    np.testing.assert_allclose(draws.mean(0), codes.mean(0), atol=0.3 * scale)
    np.testing.assert_allclose(np.cov(draws.T), np.cov(codes.T), atol=3 * scale**2)


def test_draws_fall_into_the_clusters_and_not_between_them(mixture: Mixture):
    away = np.abs((mixture.draw(2000, seed=1)[:, None] - CENTRES) @ [1.0, -1, 0]).min(1)
    assert (away < 2).mean() > 0.99


def test_the_parts_are_a_density(mixture: Mixture):
    assert mixture.weights.sum() == pytest.approx(1)
    assert mixture.means.shape == (len(mixture.weights), 3)
    assert np.array_equal(np.tril(mixture.factors), mixture.factors)
    assert (np.diagonal(mixture.factors, axis1=1, axis2=2) > 0).all()


def test_two_fits_and_two_draws_of_one_seed_are_the_same(mixture: Mixture):
    few = mixture.draw(5, seed=2)
    assert np.array_equal(fit(clusters()).draw(50, seed=2)[:5], few)
    assert not np.array_equal(mixture.draw(5, seed=3), few)


def test_few_codes_get_few_components():
    assert len(fit(clusters(60)).weights) == 1
    assert len(fit(clusters(350)).weights) == 3
    assert len(fit(clusters(3000)).weights) == MOST_COMPONENTS
    wide = np.random.default_rng(0).normal(size=(1000, 256))
    assert len(fit(wide).weights) == 1


def test_dimensions_that_never_change_stay_where_they_are():
    codes = np.column_stack([clusters(), np.full(3000, 7.0), np.zeros(3000)])
    draws = fit(codes).draw(500, seed=0)
    np.testing.assert_allclose(draws[:, 3:], np.tile([7.0, 0.0], (500, 1)), atol=0.5)
    assert draws[:, 3:].std(0).max() < 0.02 * codes.std()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_codes_that_are_all_the_same_have_a_density_too():
    draws = fit(np.full((2000, 4), -2.5, np.float32)).draw(10, seed=0)
    np.testing.assert_allclose(draws, -2.5, atol=1e-3)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_codes_that_are_not_finite_are_refused(wrong):
    codes = clusters(200)
    codes[3, 1] = wrong
    with pytest.raises(ValueError, match="finite"):
        fit(codes)
