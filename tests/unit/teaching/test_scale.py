"""The scale of codes is explained by these codes, where no prior explains it."""

import numpy as np
import pytest

from vaelab.config import RunConfig
from vaelab.config.traits import MODELS
from vaelab.teaching.scale import collapse_in_words, prior_in_words, scale_in_words
from vaelab.ui.widgets.latent_canvas import prior_circles


def test_the_numbers_are_those_of_the_codes() -> None:
    codes = np.array([[-27.0, 1.0], [2.0, 14.0], [9.0, np.nan], [np.inf, 9.0]])
    sentence = scale_in_words(MODELS["ae"], codes)
    assert "reach 27 from 0" in sentence
    assert "beyond 9:" in sentence


def test_a_prior_needs_no_words_for_it() -> None:
    assert scale_in_words(MODELS["vae"], np.ones((3, 2))) == ""


@pytest.mark.parametrize(
    ("dimensions", "shares"), [(1, (68, 95, 99.7)), (2, (39, 86, 99)), (20, (39, 86, 99))]
)
def test_the_marks_of_a_prior_are_explained_by_the_shares_within(
    dimensions: int, shares: tuple[float, ...]
) -> None:
    sentence = prior_in_words(RunConfig(latent_dim=dimensions))
    assert "{}, {} and {} %".format(*shares) in sentence
    drawn = prior_circles(RunConfig(latent_dim=dimensions))
    assert [f"{share:g}" for share in shares] == [text.split(" %")[0] for _, text in drawn]
    assert prior_in_words(RunConfig(model="ae", latent_dim=dimensions)) == ""


def test_codes_that_are_no_numbers_have_no_scale() -> None:
    assert scale_in_words(MODELS["ae"], np.full((3, 2), np.nan)) == ""


def test_codes_that_are_one_point_are_said_to_have_collapsed() -> None:
    codes = np.random.default_rng(0).normal(size=(50, 2))
    assert "Collapsed: all 50 codes" in collapse_in_words(MODELS["vae"], 1e-3 * codes)
    one_is_used = codes * [1, 1e-3]
    for traits, seen in ((MODELS["vae"], one_is_used), (MODELS["ae"], 1e-3 * codes)):
        assert collapse_in_words(traits, seen) == ""
    assert collapse_in_words(MODELS["vae"], np.full((3, 2), np.nan)) == ""
