"""What the wrappers send to the browser, and what they refuse."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from vaelab.figures.sheets import Sheet, arrange, tile
from vaelab.ui.widgets.components import pictures

IMAGES = np.arange(6 * 4 * 4, dtype=np.uint8).reshape(6, 1, 4, 4)


# These run as scripts of their own, which know only builtins.
def draw_plot(figure: object) -> None:
    import streamlit as st

    from vaelab.ui.widgets.components import plot

    st.text(plot(figure, key="chart", height=300, alt="A chart", state="running", step=7))


def draw_pictures(sheets: list) -> None:
    from vaelab.ui.widgets.components import pictures

    pictures(sheets, key="strip", file_name="strip.png")


def sent(app: AppTest) -> dict[str, Any]:
    assert not app.exception
    (element,) = app.get("bidi_component")
    return json.loads(element.proto.json)


def test_a_figure_is_sent_without_its_template_and_with_what_is_missing_as_null() -> None:
    figure = go.Figure(go.Scatter(x=[1, 2], y=[math.nan, 3.0]))
    data = sent(AppTest.from_function(draw_plot, args=(figure,)).run())
    described = json.loads(data["figure"])
    assert described["data"][0]["y"] == [None, 3.0]
    assert described["layout"].get("template") is None
    assert (data["alt"], data["state"], data["step"]) == ("A chart", "running", 7)


def test_arrays_travel_as_they_lie_in_memory() -> None:
    values = np.random.default_rng(0).normal(size=100).astype(np.float32)
    data = sent(AppTest.from_function(draw_plot, args=(go.Figure(go.Scatter(y=values)),)).run())
    described = json.loads(data["figure"])["data"][0]["y"]
    assert described["dtype"] == "f4"
    assert base64.b64decode(described["bdata"]) == values.tobytes()


def test_a_figure_and_its_dict_are_drawn_alike() -> None:
    figure = go.Figure(go.Scatter(y=[1, 2]), layout={"title": {"text": "Loss"}})
    as_figure, as_dict = (
        sent(AppTest.from_function(draw_plot, args=(one,)).run()) for one in (figure, figure.to_dict())
    )
    assert as_figure == as_dict


def test_a_figure_stays_as_it_was() -> None:
    figure = go.Figure(go.Scatter(y=[1, 2]))
    before = figure.to_dict()
    for one in (figure, before):
        sent(AppTest.from_function(draw_plot, args=(one,)).run())
    assert figure.to_dict() == before


def test_nothing_is_chosen_before_a_click() -> None:
    app = AppTest.from_function(draw_plot, args=(go.Figure(),)).run()
    assert app.text[0].value == "None"


@pytest.mark.parametrize("image", [tile(IMAGES, 3), arrange(IMAGES, 3)], ids=["PNG", "pixels"])
def test_a_sheet_knows_its_columns_and_rows(image: bytes | np.ndarray) -> None:
    sheet = Sheet(image, "Samples", "Grey squares", ("a", "b", "c"), ("top", "bottom"), cell=4)
    (described,) = sent(AppTest.from_function(draw_pictures, args=([sheet],)).run())["sheets"]
    assert (described["columns"], described["rows"]) == (3, 2)
    assert (described["width"], described["height"]) == (14, 9)
    assert base64.b64decode(described["source"].removeprefix("data:image/png;base64,")) == tile(IMAGES, 3)


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        (
            Sheet(tile(IMAGES, 3), "", "", ("a", "b"), cell=4),
            "A sheet of 3 columns has 3 column labels, not 2.",
        ),
        (
            Sheet(tile(IMAGES, 3), "", "", row_labels=("a",), cell=4),
            "A sheet of 2 rows has 2 row labels, not 1.",
        ),
        (
            Sheet(tile(IMAGES, 3), "", "", cell=5),
            "14 pixels are no whole number of cells of 5 with a gap of 1.",
        ),
    ],
    ids=["columns", "rows", "cells"],
)
def test_a_sheet_that_does_not_fit_is_refused(sheet: Sheet, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        pictures([sheet], key="strip", file_name="strip.png")
