"""Figures of one step show the numbers that they are given."""

from __future__ import annotations

import numpy as np
import pytest

from vaelab.figures.one_step import latent_bars, layer_bars, unit_strip


@pytest.mark.parametrize("count", [1, 2, 256])
def test_bars_have_a_name_and_a_height_for_each_dimension(count: int) -> None:
    mean, z = np.arange(count) - 1.0, np.arange(count) * 2.0
    figure = latent_bars({"mean": mean, "z": z}, "nats")
    assert [trace.name for trace in figure.data] == ["mean", "z"]
    assert list(figure.data[1].y) == list(z)
    assert figure.data[0].x[-1] == f"z{count}"
    assert "nats" in figure.layout.yaxis.title.text
    assert len({trace.marker.color for trace in figure.data}) == 2


@pytest.mark.parametrize(("sizes", "scale"), [([3.0, 0.01], "log"), ([3.0, 0.0], "linear")])
def test_gradients_are_on_a_scale_that_has_room_for_all(sizes: list[float], scale: str) -> None:
    figure = layer_bars(["encoder[1]", "decoder[0]"], sizes)
    assert list(figure.data[0].x) == sizes
    assert figure.layout.xaxis.type == scale


@pytest.mark.parametrize("width", [1, 63, 64, 65, 400])
def test_the_strip_has_every_unit_once_and_in_order(width: int) -> None:
    values = np.random.default_rng(width).normal(size=width)
    strip = unit_strip(values).data[0]
    cells = np.asarray(strip.z, float).ravel()
    assert np.array_equal(cells[:width], values)
    assert np.isnan(cells[width:]).all()
    assert np.array_equal(np.asarray(strip.customdata).ravel()[:width], np.arange(width) + 1)
    assert strip.zmax == -strip.zmin == np.abs(values).max()
    assert unit_strip(np.zeros(5)).data[0].zmax > 0, "units that say nothing have a scale all the same"
