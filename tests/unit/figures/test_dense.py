"""The chart of the losses where there is little room."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.loss_figures import AE, VAE, loss_figure, run
from vaelab.events import Columns
from vaelab.figures.dense import LEAST_TOP, make_dense
from vaelab.figures.losses import losses

LETTER, MARK, ROOM = 6.5, 38, 420 - 52
"""Pixels of a letter, and of the mark and the gap of an entry, on the safe side; and of the whole legend."""


@pytest.mark.parametrize("changes", [{}, {"beta": 4}, {"model": "ae"}, {"beta_warmup": 2}])
def test_the_legend_stays_one_line(changes: dict[str, Any]) -> None:
    figure = loss_figure(config=VAE.variant(**changes))
    make_dense(figure)
    names = [trace.name for trace in figure.data if trace.showlegend]
    assert len(set(names)) == len(names)
    assert sum(LETTER * len(name) + MARK for name in names) <= ROOM
    assert figure.layout.legend.title.text is None


def top_of(scale: float, before: float = 0.0) -> float:
    steps, evaluated = run(200)
    for rows in (steps, evaluated):
        rows["kl"] = [scale * value for value in rows["kl"]]
    figure = losses(Columns(steps), Columns(evaluated), config=VAE, started=None)
    top = make_dense(figure, before)
    assert figure.layout.yaxis2.autorangeoptions.clipmax == top
    return top


def test_the_axis_of_the_kl_grows_in_few_steps_and_never_shrinks() -> None:
    scales = [0.01 * 1.2**power for power in range(60)]
    tops = [top_of(scale) for scale in scales]
    assert tops == sorted(tops)
    assert all(top >= 3.9 * scale for top, scale in zip(tops, scales, strict=True)), "the curve is in view"
    assert len(set(tops)) < 14
    assert tops[0] == LEAST_TOP
    assert top_of(0.01, before=5.0) == 5.0


def test_without_a_kl_there_is_no_such_axis() -> None:
    assert make_dense(loss_figure(config=AE), 5.0) == 0
    assert make_dense(loss_figure(log=True), 5.0) == 0
