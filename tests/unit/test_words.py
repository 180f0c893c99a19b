"""Numbers and names within sentences."""

from __future__ import annotations

import pytest

from vaelab.words import counted, with_minus


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 step"), (1.0, "1 step"), (0, "0 steps"), (2.5, "2.5 steps"), (3.0, "3 steps"),
     (1200, "1,200 steps")],
)  # fmt: skip
def test_a_count_is_followed_by_its_noun_in_the_right_number(count: float, words: str) -> None:
    assert counted(count, "step") == words


def test_a_negative_number_has_a_true_minus_sign() -> None:
    assert with_minus("-1.50") == "\N{MINUS SIGN}1.50"
