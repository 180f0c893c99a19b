"""The draw pad: a browser component that shows by itself what a run makes of a drawing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st

from vaelab.data.drawing import Shape, placement_for
from vaelab.figures.palette import error_colors
from vaelab.runs.run import Run
from vaelab.ui.web.addresses import run_file_url
from vaelab.ui.widgets.components import component


def draw_pad(
    run: Run,
    version: str,
    shape: Shape,
    drawn: np.ndarray | None,
    *,
    key: str,
    file_name: str,
    on_drawn: Callable[[object], None],
) -> None:
    """Show the pad, and beside it what the run's encoder and decoder make of what is on it.

    While one draws the browser dispatches `vaelab-posterior` on its window, a CustomEvent whose detail
    is {run, mean, logvar, pixels}; mean, logvar and pixels are null when the pad is empty.

    Parameters
    ----------
    version
        Of the weights, as `run_file_url` has it.
    shape
        Channels, height and width of the data set's images.
    drawn
        The image (C, H, W) uint8 that is to be on the pad, or None. What the pad itself has just sent
        leaves it as it is.
    key
        Streamlit's key of the element.
    file_name
        Of the PNG to download: drawing, reconstruction, error and draws.
    on_drawn
        Called before the script runs again with what the browser sent, some time after the hand was
        lifted: see `vaelab.data.drawing.image_from_browser`.
    """
    component("draw_pad")(
        key=key,
        data={
            "run": run.id,
            "encoder": run_file_url(run, version, "encoder"),
            "decoder": run_file_url(run, version, "decoder"),
            "shape": shape,
            "file_name": file_name,
            "placement": _placement(run.config.dataset),
            "drawn": "" if drawn is None else base64.b64encode(drawn.tobytes()).decode(),
            "error_colors": error_colors(np.linspace(-1, 1, 101)).tolist(),
        },
        on_drawn_change=lambda: on_drawn(st.session_state[key]["drawn"]),
    )


def _placement(name: str) -> dict[str, Any]:
    placement = asdict(placement_for(name))
    del placement["sentence"]
    return placement
