"""The scale of codes is explained by these codes, where no prior explains it."""

import numpy as np

from vaelab.config.traits import MODELS
from vaelab.teaching.scale import scale_in_words


def test_the_numbers_are_those_of_the_codes() -> None:
    codes = np.array([[-27.0, 1.0], [2.0, 14.0], [9.0, np.nan], [np.inf, 9.0]])
    sentence = scale_in_words(MODELS["ae"], codes)
    assert "reach 27 from 0" in sentence
    assert "beyond 9:" in sentence


def test_a_prior_needs_no_words_for_it() -> None:
    assert scale_in_words(MODELS["vae"], np.ones((3, 2))) == ""


def test_codes_that_are_no_numbers_have_no_scale() -> None:
    assert scale_in_words(MODELS["ae"], np.full((3, 2), np.nan)) == ""
