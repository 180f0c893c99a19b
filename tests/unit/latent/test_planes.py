"""Planes through latent space."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.decomposition import PCA

from vaelab.latent.planes import Plane, axes_plane, grid_points, inside, principal_plane, prior_quantiles


def numbers(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def codes_of(dims: int, count: int = 500) -> np.ndarray:
    """Correlated codes with a different spread in every direction, away from the origin."""
    turn, _ = np.linalg.qr(numbers(dims).normal(size=(dims, dims)))
    spread = np.linspace(4, 1, dims)
    return (numbers(1).normal(size=(count, dims)) * spread @ turn + 3).astype(np.float32)


def tilted_plane(dims: int) -> Plane:
    basis, _ = np.linalg.qr(numbers(2).normal(size=(dims, 2)))
    return Plane(numbers(3).normal(size=dims), basis, ("a", "b"))


PLANES = [*(tilted_plane(dims) for dims in (2, 3, 20)), axes_plane(5, 3, 1), axes_plane(2)]


# Projecting and lifting


@pytest.mark.parametrize("plane", PLANES)
def test_lifted_points_fall_where_they_were(plane):
    points, anchor = numbers().normal(size=(40, 2)), numbers(1).normal(size=len(plane.origin))
    np.testing.assert_allclose(plane.project(plane.lift(points, anchor)), points, atol=1e-12)


@pytest.mark.parametrize("plane", PLANES)
def test_lifting_moves_the_anchor_along_the_plane_only(plane):
    points, anchor = numbers().normal(size=(40, 2)), numbers(1).normal(size=len(plane.origin))
    moved = plane.lift(points, anchor) - anchor
    np.testing.assert_allclose(moved, moved @ plane.basis @ plane.basis.T, atol=1e-12)
    np.testing.assert_allclose(plane.lift(plane.project(anchor[None]), anchor), anchor[None], atol=1e-12)


@pytest.mark.parametrize("dims", [2, 3, 20])
def test_a_plane_through_the_codes_brings_them_nearest(dims):
    plane, codes = tilted_plane(dims), codes_of(dims)
    on_plane = plane.origin + plane.project(codes) @ plane.basis.T
    along = (codes - on_plane) @ plane.basis
    np.testing.assert_allclose(along, 0, atol=1e-6)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (3, 1), (2, 4)])
def test_the_plane_of_two_dimensions_shows_those(first, second):
    plane, codes = axes_plane(5, first, second), codes_of(5)
    assert np.array_equal(plane.project(codes), codes[:, [first, second]])
    assert plane.labels == (f"z{first + 1}", f"z{second + 1}")
    lifted = plane.lift(np.array([[10.0, 20.0]]), codes[0])[0]
    assert (lifted[first], lifted[second]) == (10, 20)
    others = [dim for dim in range(5) if dim not in (first, second)]
    np.testing.assert_array_equal(lifted[others], codes[0][others])


def test_one_dimension_is_shown_along_x():
    plane, codes = axes_plane(1), codes_of(1)
    assert np.array_equal(plane.project(codes), np.column_stack([codes[:, 0], np.zeros(len(codes))]))
    assert plane.lift(np.array([[7.0, 5.0]]), codes[0]).tolist() == [[7.0]]
    assert plane.labels == ("z1", "")


# Variance


@pytest.mark.parametrize("plane", PLANES)
def test_the_projected_covariance_is_that_of_projected_samples(plane):
    variance = numbers().uniform(0.1, 4, len(plane.origin))
    samples = numbers(1).normal(size=(200_000, len(variance))) * np.sqrt(variance)
    found = np.cov(plane.project(samples).T)
    np.testing.assert_allclose(plane.variance(variance), found, atol=0.03)


# Principal components


@pytest.mark.parametrize("dims", [2, 3, 20])
def test_the_principal_plane_is_that_of_scikit_learn(dims):
    codes = codes_of(dims)
    plane, pca = principal_plane(codes), PCA(2).fit(codes.astype(np.float64))
    np.testing.assert_allclose(plane.origin, pca.mean_, atol=1e-5)
    signs = np.sign(np.diag(pca.components_ @ plane.basis))
    np.testing.assert_allclose(plane.basis, pca.components_.T * signs, atol=1e-6)
    assert plane.labels == ("principal component 1", "principal component 2")


def test_without_a_previous_plane_the_largest_weight_is_positive():
    for dims in (2, 5, 20):
        basis = principal_plane(codes_of(dims)).basis
        largest = np.abs(basis).argmax(0)
        assert (basis[largest, [0, 1]] > 0).all()


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("signs", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
def test_signs_and_order_are_kept_from_the_previous_plane(signs, swapped):
    codes = codes_of(6)
    plain = principal_plane(codes)
    basis = plain.basis * signs
    before = Plane(plain.origin, basis[:, ::-1] if swapped else basis, plain.labels)
    moved = principal_plane(codes + 0.01 * numbers(9).normal(size=codes.shape), before)
    np.testing.assert_allclose(moved.basis, before.basis, atol=0.02)


def test_a_plane_that_turns_slowly_never_flips():
    """Where two variances cross, components would exchange their order, and the picture would jump."""
    spread = numbers(0).normal(size=(2000, 3))
    previous, largest_jump = None, 0.0
    for share in np.linspace(0, 1, 60):
        plane = principal_plane(spread * [3 - share, 2 + share, 1], previous)
        if previous is not None:
            largest_jump = max(largest_jump, np.abs(plane.basis - previous.basis).max())
        previous = plane
    assert largest_jump < 0.9


def test_bases_are_orthonormal():
    for plane in (*PLANES, principal_plane(codes_of(7)), principal_plane(codes_of(7), tilted_plane(7))):
        np.testing.assert_allclose(plane.basis.T @ plane.basis, np.eye(2), atol=1e-9)


def test_codes_that_are_all_the_same_have_a_plane_too():
    """The codes of a collapsed model."""
    plane = principal_plane(np.full((50, 4), 0.5, np.float32))
    np.testing.assert_allclose(plane.project(np.full((1, 4), 0.5)), [[0, 0]], atol=1e-9)


# Grids


@given(st.integers(1, 60))
def test_quantiles_of_the_prior_rise_and_are_symmetric(count):
    values = prior_quantiles(count)
    assert values.shape == (count,)
    assert (np.diff(values) > 0).all()
    np.testing.assert_allclose(values, -values[::-1], atol=1e-12)
    np.testing.assert_allclose(norm.cdf(values), (np.arange(count) + 0.5) / count, atol=1e-12)


def test_grid_points_are_in_reading_order():
    points = grid_points(np.array([1, 2, 3]), np.array([10, 20]))
    assert points.tolist() == [[1, 20], [2, 20], [3, 20], [1, 10], [2, 10], [3, 10]]


def test_inside_a_polygon_are_the_points_that_geometry_says():
    points = np.random.default_rng(0).uniform(-2, 2, (2000, 2))
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    np.testing.assert_array_equal(inside(points, square), (np.abs(points) < 1).all(1))
    np.testing.assert_array_equal(inside(points, square[::-1]), inside(points, square))
    angles = np.linspace(0, 2 * np.pi, 721)[:-1]
    circle = np.stack([np.cos(angles), np.sin(angles)], 1)
    distance = np.linalg.norm(points, axis=1)
    clear = np.abs(distance - 1) > 1e-4
    np.testing.assert_array_equal(inside(points, circle)[clear], distance[clear] < 1)


def test_a_polygon_need_not_be_convex():
    horseshoe = np.array([[0, 0], [3, 0], [3, 3], [2, 3], [2, 1], [1, 1], [1, 3], [0, 3]], float)
    points = np.array([[0.5, 2], [1.5, 2], [2.5, 2], [1.5, 0.5], [4, 1]])
    assert inside(points, horseshoe).tolist() == [True, False, True, True, False]
