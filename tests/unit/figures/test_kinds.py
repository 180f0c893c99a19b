"""How examples of a kind are drawn, and the colours of an error."""

from __future__ import annotations

import numpy as np

from vaelab.figures.kinds.image import error_legend, signed_errors
from vaelab.figures.palette import channels, luminance


def test_error_colours_are_symmetric_and_lighter_the_larger_the_error():
    levels = np.linspace(0, 1, 256)
    colors = signed_errors(np.stack([levels, -levels])[:, None, None])[:, :, 0].transpose(0, 2, 1)
    assert len(set(colors[0, 0])) == 1
    light = np.array([[luminance("#{:02x}{:02x}{:02x}".format(*color)) for color in side] for side in colors])
    assert (np.diff(light, axis=1) >= -1e-3).all()
    np.testing.assert_allclose(light[0], light[1], atol=0.06)
    too_bright, too_dark = colors[:, 64:].astype(int)
    assert (too_bright[:, 0] > too_bright[:, 2]).all()
    assert (too_dark[:, 0] < too_dark[:, 2]).all()


def test_an_error_sheet_has_a_coloured_pixel_for_each_error():
    errors = np.array([[[[0.0, 1.0], [-1.0, 7.0]]]])
    sheet = signed_errors(errors)
    assert (sheet.shape, sheet.dtype) == ((1, 3, 2, 2), np.uint8)
    np.testing.assert_array_equal(sheet[0, :, 0, 1], sheet[0, :, 1, 1])


def test_the_legend_has_the_colours_of_the_sheet():
    (bar,) = error_legend().data
    for share, color in bar.colorscale:
        at = bar.zmin + share * (bar.zmax - bar.zmin)
        np.testing.assert_array_equal(channels(color), signed_errors(np.full((1, 1, 1, 1), at))[0, :, 0, 0])
    np.testing.assert_array_equal(np.ravel(bar.z), bar.x)


def test_errors_of_colours_are_averaged():
    of_colours = signed_errors(np.array([0.5, -0.25, 0.125]).reshape(1, 3, 1, 1))
    np.testing.assert_array_equal(of_colours, signed_errors(np.full((1, 1, 1, 1), 0.125)))
