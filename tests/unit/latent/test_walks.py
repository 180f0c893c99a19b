"""Walks through latent space."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.latent.units import active_units
from vaelab.latent.walks import (
    analogy,
    cross_fade,
    linear,
    percentile_values,
    prior_draws,
    prior_values,
    spherical,
    traverse,
)


def numbers(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


# Active units


def test_codes_that_never_change_have_no_active_unit():
    assert active_units(np.full((500, 7), 3.3, np.float32)).sum() == 0


def test_a_unit_is_active_from_a_variance_of_a_hundredth():
    signs = np.resize([1.0, -1.0], 1000)[:, None]
    mean = 5 + signs * np.sqrt([0.0099, 0.0101, 1.0])
    assert active_units(mean).tolist() == [False, True, True]


# Traversal


@pytest.mark.parametrize("dimensions", [[0], [2, 0], [4, 3, 2, 1, 0]])
def test_a_traversal_leaves_all_other_coordinates_at_the_anchor(dimensions):
    anchor = numbers().normal(size=5).astype(np.float32)
    values = prior_values(len(dimensions), 7)
    strips = traverse(anchor, np.array(dimensions), values).reshape(len(dimensions), 7, 5)
    for strip, dimension, along in zip(strips, dimensions, values, strict=True):
        np.testing.assert_allclose(strip[:, dimension], along, rtol=1e-6)
        others = np.delete(np.arange(5), dimension)
        assert (strip[:, others] == anchor[others]).all()


def test_prior_values_go_evenly_from_minus_three_to_three():
    values = prior_values(2, 5)
    assert values.tolist() == [[-3, -1.5, 0, 1.5, 3]] * 2


def test_percentile_values_go_evenly_between_the_percentiles_of_each_coordinate():
    codes = np.column_stack([np.arange(101.0), 50 - 10 * np.arange(101.0)])
    assert percentile_values(codes, 3).tolist() == [[1, 50, 99], [-940, -450, 40]]


# Interpolation


@given(st.integers(0, 1000), st.integers(2, 15), st.integers(1, 40))
def test_every_way_has_its_ends_where_they_should_be(seed, count, dims):
    start, end = numbers(seed).normal(size=(2, max(dims, 2)))
    for way in (linear, spherical):
        path = way(start, end, count)
        assert path.shape == (count, len(start))
        np.testing.assert_allclose(path[[0, -1]], [start, end], atol=1e-9)


def test_the_linear_middle_is_the_mean():
    start, end = numbers().normal(size=(2, 20))
    np.testing.assert_allclose(linear(start, end, 3)[1], (start + end) / 2)


@given(st.integers(0, 1000), st.floats(0.01, 50), st.integers(2, 300))
def test_the_spherical_way_changes_length_and_direction_evenly(seed, scale, dims):
    start, end = numbers(seed).normal(size=(2, dims))
    path = spherical(start, scale * end, 9)
    lengths = np.linalg.norm(path, axis=1)
    np.testing.assert_allclose(lengths, np.linspace(lengths[0], lengths[-1], 9), rtol=1e-9)
    directions = path / lengths[:, None]
    steps = np.einsum("id,id->i", directions[1:], directions[:-1])
    np.testing.assert_allclose(steps, steps[0], atol=1e-9)


def test_the_spherical_way_between_codes_of_one_length_is_slerp():
    start, end = (code / np.linalg.norm(code) for code in numbers().normal(size=(2, 20)))
    angle, share = np.arccos(start @ end), np.linspace(0, 1, 7)[:, None]
    slerp = (np.sin((1 - share) * angle) * start + np.sin(share * angle) * end) / np.sin(angle)
    np.testing.assert_allclose(spherical(start, end, 7), slerp, atol=1e-12)


@pytest.mark.parametrize("scale", [1.0, 3.0, 0.0])
def test_the_spherical_way_along_one_ray_is_the_linear_one(scale):
    start = numbers().normal(size=6)
    np.testing.assert_allclose(spherical(start, scale * start, 5), linear(start, scale * start, 5))


@pytest.mark.parametrize("dims", [2, 9])
def test_the_spherical_way_between_opposite_codes_goes_round_zero(dims):
    start = numbers().normal(size=dims)
    path = spherical(start, -start, 5)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), np.linalg.norm(start))
    np.testing.assert_allclose(path[-1], -start, atol=1e-12)


def test_opposite_codes_of_one_dimension_have_no_arc():
    with pytest.raises(ValueError, match="at least two"):
        spherical(np.array([1.0]), np.array([-2.0]), 5)


def test_a_cross_fade_mixes_pixels():
    start, end = np.zeros((1, 2, 2), np.uint8), np.full((1, 2, 2), 255, np.uint8)
    faded = cross_fade(start, end, 3)
    assert faded.dtype == np.uint8
    assert faded[:, 0, 0, 0].tolist() == [0, 128, 255]


# Arithmetic


def test_a_minus_a_plus_c_is_c():
    a, c = numbers().normal(size=(2, 20)).astype(np.float32)
    assert np.array_equal(analogy(a, a, c), c)


# Draws from the prior


def test_temperature_zero_gives_the_mean_of_the_prior():
    assert not prior_draws(5, 3, 0.0, seed=1).any()


def test_temperature_is_a_factor():
    warm, hot = (prior_draws(50, 4, temperature, seed=3) for temperature in (0.5, 2.0))
    np.testing.assert_allclose(4 * warm, hot, rtol=1e-6)


def test_draws_at_temperature_one_are_unit_normal():
    draws = prior_draws(20_000, 3, 1.0, seed=0)
    np.testing.assert_allclose(draws.mean(0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(draws.T), np.eye(3), atol=0.03)


def test_a_seed_gives_the_same_draws_and_more_of_them_begin_with_those():
    few, many, other = (prior_draws(count, 6, 1.0, seed) for count, seed in ((5, 2), (50, 2), (5, 3)))
    assert np.array_equal(many[:5], few)
    assert not np.array_equal(other, few)
