"""The line below the chart of the losses: it holds for the recipe and for what the curves have done."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vaelab.config import RunConfig
from vaelab.events import Columns
from vaelab.teaching.looking import FIRST, what_to_look_for

ROSE = "The KL rose while the negative ELBO fell"


def curves(count: int, kl: tuple[float, float], total: tuple[float, float]) -> Columns:
    """Steps whose KL and sum go from one value to another."""
    rate, whole = np.linspace(*kl, count), np.linspace(*total, count)
    return Columns({"kl": rate.tolist(), "recon": (whole - rate).tolist()})


@pytest.mark.parametrize(
    ("kl", "total", "begins"),
    [
        ((0, 5), (206, 150), ROSE),
        ((0, 0.1), (540, 206), "The negative ELBO falls without the code"),
        ((3, 0.1), (540, 206), "The negative ELBO falls without the code"),
        ((0, 0.1), (206, 206), "The negative ELBO has not fallen yet"),
        ((0, np.nan), (206, np.nan), "The losses are no numbers"),
    ],
)
def test_it_says_what_the_curves_have_done(
    kl: tuple[float, float], total: tuple[float, float], begins: str
) -> None:
    assert what_to_look_for(RunConfig(), curves(200, kl, total)).startswith(begins)


def test_before_the_curves_say_anything_nothing_is_claimed_of_them() -> None:
    for steps in (Columns(), curves(FIRST - 1, (0, 5), (206, 150))):
        assert what_to_look_for(RunConfig(), steps).startswith("Each training step adds a point")


@pytest.mark.parametrize("changes", [{"beta": 30}, {"beta": 0}, {"beta_warmup": 2}])
def test_where_another_sum_is_trained_it_names_that_one(changes: dict[str, Any]) -> None:
    config = RunConfig(**changes)
    assert "dashed line" in what_to_look_for(config, curves(200, (0, 5), (206, 150)))
    assert "dashed line" in what_to_look_for(RunConfig(), curves(200, (0, 5), (206, 150)), moved={"beta"})
    assert "almost 0" in what_to_look_for(config, curves(200, (0, 0), (206, 206)), collapsed=True)


def test_an_ae_hears_of_no_kl() -> None:
    assert "KL" not in what_to_look_for(RunConfig(model="ae"), Columns())
