"""The draw pad: a browser component that encodes and decodes a drawing with the networks of a run."""

import base64
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import streamlit as st

from vaelab.data import Shape, placement_for
from vaelab.figures.palette import error_colors
from vaelab.runs import Run
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
    """Show the pad, and beside it the posterior and the reconstruction of the drawing on it.

    During drawing the browser dispatches `vaelab-posterior` on its window, a CustomEvent whose detail
    is {run, mean, logvar, pixels}; mean, logvar and pixels are null when the pad is empty.

    Parameters
    ----------
    version
        Version of the weights, as in `run_file_url`.
    shape
        Channels, height and width of the data set's images.
    drawn
        The image (C, H, W) uint8 to show on the pad, or None for an empty pad. The image that the pad has
        just sent leaves the pad as it is.
    key
        Streamlit's key of the element.
    file_name
        File name of the PNG to download, with drawing, reconstruction, error and draws.
    on_drawn
        Called with the browser's value before the script runs again, some time after the end of a stroke;
        `vaelab.data.drawing.image_from_browser` reads that value.
    """
    placement = asdict(placement_for(run.config.dataset))
    del placement["sentence"]
    component("draw_pad")(
        key=key,
        data={
            "run": run.id,
            "encoder": run_file_url(run, version, "encoder"),
            "decoder": run_file_url(run, version, "decoder"),
            "shape": shape,
            "file_name": file_name,
            "placement": placement,
            "drawn": "" if drawn is None else base64.b64encode(drawn.tobytes()).decode(),
            "error_colors": error_colors(np.linspace(-1, 1, 101)).tolist(),
        },
        on_drawn_change=lambda: on_drawn(st.session_state[key]["drawn"]),
    )
