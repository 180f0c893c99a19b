"""Numbers and names within sentences."""

from __future__ import annotations

import pytest

from vaelab.words import counted, durations, passed, with_minus


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 step"), (1.0, "1 step"), (0, "0 steps"), (2.5, "2.5 steps"), (3.0, "3 steps"),
     (1200, "1,200 steps")],
)  # fmt: skip
def test_a_count_is_followed_by_its_noun_in_the_right_number(count: float, words: str) -> None:
    assert counted(count, "step") == words


def test_a_negative_number_has_a_true_minus_sign() -> None:
    assert with_minus("-1.50") == "\N{MINUS SIGN}1.50"


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(14, 1800, "about 15 s to 30 min"), (14, 15, "about 15 s"), (100, 8600, "about 2 min to 2.4 h")],
)
def test_a_range_of_times_says_about_once(least: float, most: float, words: str) -> None:
    assert durations(least, most) == words


@pytest.mark.parametrize(
    ("epochs", "words"), [(2.0, "2"), (0.681, "0.7"), (1.04, "1"), (0.0412, "0.04"), (0, "0")]
)
def test_epochs_have_few_digits_and_what_was_trained_is_never_none(epochs: float, words: str) -> None:
    assert passed(epochs) == words
