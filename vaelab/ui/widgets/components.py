"""The browser components as typed functions: charts and sheets of pictures that update in place."""

import base64
import struct
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from html import escape
from typing import Any

import plotly.io
import streamlit as st
from plotly.graph_objects import Figure
from streamlit.delta_generator import DeltaGenerator

from vaelab.figures.sheets import Sheet, png
from vaelab.paths import COMPONENTS
from vaelab.ui.web.assets import PLOTLY, asset_url

# Streamlit runs inline modules from `blob:` addresses, which can import complete addresses only. The loader
# catches errors because Streamlit would show their stack.
_LOADER = """\
const loading = import(new URL("{main}", location.origin))
export default async function (component) {{
  try {{
    return (await loading).render(component, {{ plotly: "{plotly}" }})
  }} catch (error) {{
    console.error(error)
    const notice = component.parentElement.querySelector("[data-notice]")
    if (notice) notice.textContent = "This view could not be loaded; reload the page to try again."
  }}
}}
"""


def heading_row(name: str) -> DeltaGenerator:
    """A row with a heading and the widgets at its right end; rows of neighbouring columns are aligned."""
    return st.container(
        horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", key=f"heading-{name}"
    )


@cache
def component(name: str, height: int | str = "") -> Any:
    """Register the component of a folder in assets/components, once per process; returns its function.

    Parameters
    ----------
    height
        CSS pixels, or a CSS length, that the component's styles know as `--height`. It is part of the
        component's HTML, and not of its data, so that it holds before any module has been loaded: what is
        below stays where it is.
    """
    folder = f"components/{name}"
    length = f"{height}px" if isinstance(height, int) else height
    html = (COMPONENTS / name / "main.html").read_text("utf-8")
    if length:
        html = f'<div style="display: contents; --height: {escape(length)}">{html}</div>'
    return st.components.v2.component(
        f"vaelab_{name}_{sha256(length.encode()).hexdigest()[:8]}" if length else f"vaelab_{name}",
        html=html,
        js=_LOADER.format(main=asset_url(f"{folder}/main.js"), plotly=asset_url(PLOTLY)),
        # Plotly writes its rules into the document, where a shadow root would not see them.
        isolate_styles=False,
    )


def plot(
    figure: Figure | dict[str, Any],
    *,
    key: str,
    height: int | str,
    alt: str,
    state: str = "",
    step: int | None = None,
    selectable: bool = False,
) -> int | list[Any] | None:
    """Draw a Plotly figure that keeps its zoom, legend and hover when its data change.

    Fonts, colours and background that the figure does not set follow the page's theme; its template is not
    used. Zoom and legend survive as long as `layout.uirevision`, or an axis's own, stays the same; its
    default is `key`.

    Parameters
    ----------
    figure
        A figure, or the dict of its `data` and `layout`.
    key
        Streamlit's key of the element; also the name of a downloaded picture.
    height
        Height in CSS pixels, or a CSS length such as `calc(100dvh - 200px)`; the width is the container's.
    alt
        Description of the chart for screen readers.
    state, step
        Written to the element as `data-state` and `data-step`, for tests to wait on.
    selectable
        Whether a click, or Enter on a point reached with the arrow keys, chooses a point.

    Returns
    -------
    The `customdata` of the point that was just chosen (its index in its trace if it has none), in
    the one run of the script that the choice caused; otherwise None.
    """
    description = dict(figure) if isinstance(figure, dict) else figure.to_dict()
    description["layout"] = {**description.get("layout", {}), "template": None}
    result = component("plot", height)(
        key=key,
        # Streamlit keeps a room of so many pixels free until the component is there.
        height=height if isinstance(height, int) else "content",
        data={
            # Plotly's own encoder knows arrays and writes NaN as null, as JSON demands.
            "figure": plotly.io.to_json(description, validate=False),
            "key": key,
            "alt": alt,
            "state": state,
            "step": step,
            "selectable": selectable,
        },
        on_selected_change=rerun_only,
    )
    return result.selected


def rerun_only() -> None:
    """Do nothing: a trigger needs a callback, although a run of the script is all that is wanted."""


def pictures(
    sheets: Sequence[Sheet],
    *,
    key: str,
    file_name: str,
    state: str = "",
    step: int | None = None,
    max_scale: float = 4,
) -> None:
    """Show sheets of pictures, with crisp pixels, that change without a flicker, and a button to save them.

    Parameters
    ----------
    sheets
        Sheets to show beside each other where there is room, else below each other.
    key
        Streamlit's key of the element.
    file_name
        File name of the PNG to download, which has all sheets below each other.
    state, step
        Written to the element as `data-state` and `data-step`, for tests to wait on.
    max_scale
        Largest number of CSS pixels per pixel of a sheet; less where the page is narrow.

    Raises
    ------
    ValueError
        If a sheet is no whole number of cells, or its labels are more or fewer than its cells.
    """
    data = {
        "sheets": [_describe(sheet) for sheet in sheets],
        "file_name": file_name,
        "state": state,
        "step": step,
        "max_scale": max_scale,
    }
    component("pictures")(key=key, data=data)


def _describe(sheet: Sheet) -> dict[str, Any]:
    content = sheet.image if isinstance(sheet.image, bytes) else png(sheet.image)
    # Bytes 16 to 24 of a PNG are its width and height.
    width, height = struct.unpack(">II", content[16:24])
    description = asdict(sheet) | {
        "width": width,
        "height": height,
        "columns": _cells(width, sheet, sheet.column_labels, "column"),
        "rows": _cells(height, sheet, sheet.row_labels, "row"),
        "source": "data:image/png;base64," + base64.b64encode(content).decode(),
    }
    del description["image"]
    return description


def _cells(pixels: int, sheet: Sheet, labels: tuple[str, ...] | None, name: str) -> int:
    count, rest = divmod(pixels + sheet.gap, sheet.cell + sheet.gap)
    if rest:
        raise ValueError(
            f"{pixels} pixels are no whole number of cells of {sheet.cell} with a gap of {sheet.gap}."
        )
    if labels is not None and len(labels) != count:
        raise ValueError(f"A sheet of {count} {name}s has {count} {name} labels, not {len(labels)}.")
    return count


def go_to_top(part: str, *, focus: bool = True) -> None:
    """Scroll to the top of the page, and move the focus there, when the `part` being drawn has changed."""
    component("top")(key="go_to_top", data={"part": part, "focus": focus})
