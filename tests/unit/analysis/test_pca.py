"""PCA is the best linear code, whichever way one looks at it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA as SklearnPCA

from vaelab.analysis.pca import PrincipalComponents, fit, pca_error
from vaelab.data import Dataset
from vaelab.data.kinds.image import IMAGE


@pytest.fixture(scope="module")
def digits(tiny: Dataset) -> np.ndarray:
    return np.asarray(tiny.x_train)


@pytest.fixture(scope="module")
def fitted(digits: np.ndarray) -> PrincipalComponents:
    return fit(digits, IMAGE)


def on_a_plane(shape: tuple[int, int, int], count: int = 60) -> np.ndarray:
    """Images that two numbers describe: a grey mean and two patterns, nowhere near black or white."""
    random = np.random.default_rng(0)
    patterns = random.uniform(-1, 1, (2, *shape))
    amounts = random.uniform(-40, 40, (count, 2))
    return np.rint(128 + np.tensordot(amounts, patterns, 1)).astype(np.uint8)


@pytest.mark.parametrize("shape", [(1, 6, 6), (3, 4, 4)])
def test_images_on_a_plane_need_two_dimensions_and_no_more(shape: tuple[int, int, int]) -> None:
    images = on_a_plane(shape)
    components = fit(images, IMAGE)
    exact = components.reconstruct(images, 2)
    assert exact.shape == images.shape
    assert np.abs(exact.astype(int) - images).max() <= 1  # grey values are rounded
    assert IMAGE.squared_errors(images, components.reconstruct(images, 1)).mean() > 0.001


def test_it_leaves_what_a_singular_value_decomposition_discards() -> None:
    images = np.random.default_rng(1).integers(100, 156, (80, 1, 5, 5), dtype=np.uint8)
    pixels = images.reshape(80, -1) / 255
    values = np.linalg.svd(pixels - pixels.mean(0), compute_uv=False)
    for dimensions in (1, 4, 12):
        discarded = (values[dimensions:] ** 2).sum() / pixels.size
        error = IMAGE.squared_errors(images, fit(images, IMAGE).reconstruct(images, dimensions)).mean()
        assert error == pytest.approx(discarded, rel=0.01)


def test_no_other_basis_of_the_same_size_is_better(digits: np.ndarray, fitted: PrincipalComponents) -> None:
    random = np.random.default_rng(2)
    turned = fitted.components[:5] + 0.1 * random.normal(size=(5, 784)) / 28
    other = PrincipalComponents(IMAGE, fitted.mean, np.linalg.qr(turned.T)[0].T.astype(np.float32))
    best, worse = (
        IMAGE.squared_errors(digits, basis.reconstruct(digits, 5)).mean() for basis in (fitted, other)
    )
    assert best < worse


def test_more_dimensions_are_never_worse(digits: np.ndarray, fitted: PrincipalComponents) -> None:
    errors = [
        IMAGE.squared_errors(digits, fitted.reconstruct(digits, d)).mean() for d in (1, 2, 5, 20, 100, 256)
    ]
    assert errors == sorted(errors, reverse=True)


def test_the_components_are_orthonormal(fitted: PrincipalComponents) -> None:
    assert fitted.components.shape == (256, 784)
    assert np.allclose(fitted.components @ fitted.components.T, np.eye(256), atol=1e-4)


def test_there_are_no_more_components_than_pixels_or_images() -> None:
    images = on_a_plane((1, 3, 3))
    with pytest.raises(ValueError, match="1 to 9 dimensions, not 10"):
        fit(images, IMAGE).reconstruct(images, 10)
    with pytest.raises(ValueError, match="not 0"):
        fit(images, IMAGE).reconstruct(images, 0)
    assert len(fit(images[:5], IMAGE).components) == 5


def test_the_squared_error_is_a_mean_over_pixels() -> None:
    black, white = np.zeros((3, 1, 4, 4), np.uint8), np.full((3, 1, 4, 4), 255, np.uint8)
    half = white.copy()
    half[:, :, :2] = 0
    assert IMAGE.squared_errors(black, black).tolist() == [0, 0, 0]
    assert (
        IMAGE.squared_errors(black, white).tolist()
        == IMAGE.squared_errors(white, black).tolist()
        == [1, 1, 1]
    )
    assert IMAGE.squared_errors(half, white) == pytest.approx([0.5] * 3)


def test_many_images_are_worked_on_in_parts_as_one(digits: np.ndarray, fitted: PrincipalComponents) -> None:
    many = digits[:1001]
    drawn = fitted.reconstruct(many, 10)
    assert np.array_equal(drawn[-1:], fitted.reconstruct(many[-1:], 10))
    assert IMAGE.squared_errors(many, drawn)[-1] == IMAGE.squared_errors(many[-1:], drawn[-1:])[0]


def test_another_implementation_finds_the_same(digits: np.ndarray, fitted: PrincipalComponents) -> None:
    pixels = digits.reshape(len(digits), -1) / 255
    theirs = SklearnPCA(5, svd_solver="full").fit(pixels)
    assert np.allclose(fitted.mean, theirs.mean_, atol=1e-6)
    assert np.allclose(np.abs((fitted.components[:5] * theirs.components_).sum(1)), 1, atol=1e-4)


def test_a_run_is_compared_with_what_as_many_images_teach(mnist: Dataset) -> None:
    exact, some, few = (pca_error(mnist, images, 64) for images in (60_000, 5_000, 500))
    assert exact < some < few
    # Every second image of MNIST has bolder strokes: every sixth image instead of a draw misses this by 2 %.
    assert pca_error(mnist, 10_000, 2) == pytest.approx(pca_error(mnist, 60_000, 2), rel=0.005)


def test_more_numbers_than_components_change_nothing(tiny: Dataset) -> None:
    assert pca_error(tiny, 20, 100) == pca_error(tiny, 20, 20) > 0


def test_its_error_is_that_of_its_reconstructions(tiny: Dataset, fitted: PrincipalComponents) -> None:
    errors = IMAGE.squared_errors(tiny.x_test, fitted.reconstruct(tiny.x_test, 3))
    assert pca_error(tiny, len(tiny.x_train), 3) == pytest.approx(errors.mean(), rel=1e-6)
