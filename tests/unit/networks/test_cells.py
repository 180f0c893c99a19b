"""Hidden layers as they are drawn: every unit counts in exactly one cell, and as much as its neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.config import RunConfig
from vaelab.networks.cells import CELLS, MAPS, SIDE, DrawnLayer, drawn_networks

DENSE = st.tuples(st.integers(1, 2000))
MAPPED = st.tuples(st.integers(1, 9), st.integers(1, 70), st.integers(1, 70))


@given(st.one_of(DENSE, MAPPED), st.integers(0, 3))
def test_a_cell_is_the_mean_of_its_group(shape, seed):
    layer = DrawnLayer("encoder.1", shape)
    values = np.random.default_rng(seed).normal(size=(2, *shape))
    cells = layer.cells(values)
    assert cells.shape == (2, *layer.cell_shape)
    group = layer.group
    if len(shape) == 1:
        assert cells.shape[1] <= CELLS
        expected = [values[:, start : start + group].mean(1) for start in range(0, shape[0], group)]
        np.testing.assert_allclose(cells, np.stack(expected, 1))
        return
    assert cells.shape[1] == min(MAPS, shape[0])
    assert max(cells.shape[2:]) <= SIDE
    for index in np.ndindex(*cells.shape[2:]):
        down, across = (slice(group * place, group * (place + 1)) for place in index)
        expected = values[:, : cells.shape[1], down, across].mean((2, 3))
        np.testing.assert_allclose(cells[:, :, *index], expected)


@given(st.integers(1, CELLS))
def test_a_layer_with_few_units_is_drawn_unit_by_unit(units):
    values = np.random.default_rng(0).normal(size=(3, units))
    np.testing.assert_array_equal(DrawnLayer("decoder.1", (units,)).cells(values), values)


@pytest.mark.parametrize(
    ("settings", "shapes"),
    [
        ({"hidden": "512-256"}, [(512,), (256,), (256,), (512,)]),
        ({"hidden": "none"}, []),
        (
            {"architecture": "conv", "hidden": "8-6/20"},
            [(8, 14, 14), (6, 7, 7), (20,), (6 * 7 * 7,), (6, 14, 14), (8, 28, 28)],
        ),
    ],
)
def test_hidden_layers_are_drawn_in_the_order_in_which_they_run(settings, shapes):
    config = RunConfig.model_validate(settings)
    drawn = drawn_networks(config, (1, 28, 28))
    assert [layer.shape for layer in drawn] == shapes
    assert len({layer.name for layer in drawn}) == len(drawn)
