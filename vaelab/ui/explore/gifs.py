"""Download the training of a run as a GIF: one frame per snapshot, each of what an Explore page shows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vaelab.figures.gif import Frame, gif, scatter_picture
from vaelab.figures.kinds.base import Renderer
from vaelab.latent.planes import Plane
from vaelab.latent.view import PRIOR_CIRCLES, Span
from vaelab.runs import Run, RunDamaged
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.rewind import step_losses

if TYPE_CHECKING:  # PyTorch stays off the way to the first page
    from vaelab.analysis.load import PastModel

Drawer = Callable[["PastModel"], np.ndarray]
"""Draws a frame of a model: (height, width) or (height, width, 3) uint8."""

PAIRS_PER_ROW = 8


def gif_button(opened: Opened, name: str, draw: Drawer) -> None:
    """Offer an animation of what the page shows, which is made when a visitor asks for it.

    Parameters
    ----------
    name
        The page's part of the file's name.
    """
    run = opened.run
    if len(run.snapshot_steps()) > 1:
        st.download_button(
            "Download as GIF",
            lambda: _animated(run, draw),
            opened.file_name(name, "gif"),
            "image/gif",
            icon=":material/animated_images:",
            key="gif",
            on_click="ignore",
            help="One frame for each step that Rewind has; takes some seconds to make.",
        )


def _animated(run: Run, draw: Drawer) -> bytes:
    from vaelab.analysis.load import load_snapshot

    frames = []
    for step in run.snapshot_steps():
        with suppress(RunDamaged):  # a snapshot is left out if it is damaged, or has just been thinned out
            at_step = step_losses(run, step)
            pixels = draw(load_snapshot(run, step))
            frames.append(Frame(pixels, f"{run.title} · {at_step.name}\n{at_step.losses}"))
    return gif(frames)


def pairs_drawer(opened: Opened) -> Drawer:
    """Make a drawer of the first test images, each beside its reconstruction."""
    images = opened.newest.data.x_test

    def draw(past: PastModel) -> np.ndarray:
        pairs = np.stack([images[: len(past.reconstructions)], past.reconstructions], 1)
        return _opaque(opened.renderer.arranged(pairs.reshape(-1, *images.shape[1:]), 2 * PAIRS_PER_ROW))

    return draw


def grid_drawer(renderer: Renderer, plane: Plane, x: np.ndarray, y: np.ndarray, anchor: int) -> Drawer:
    """Make a drawer of the decoder over a grid of a plane, as `grid_sheet` shows it."""
    from vaelab.models.codes import decode_grid

    def draw(past: PastModel) -> np.ndarray:
        code = past.codes.mean[past.codes.stand_in(anchor)]
        return _opaque(renderer.arranged(decode_grid(past.model, plane, x, y, code), len(x), 0))

    return draw


def map_drawer(opened: Opened, plane: Plane, span: Span, with_prior: bool) -> Drawer:
    """Make a drawer of the codes on a plane, by class, with the prior's circles where it is shown."""
    config, labels, classes = opened.config, opened.newest.data.y_test, opened.data.spec.classes
    is_line = config.latent_dim == 1
    circles = [radius for radius, _ in PRIOR_CIRCLES] if with_prior and not is_line else []

    def draw(past: PastModel) -> np.ndarray:
        points = plane.project(past.codes.mean)
        if is_line:  # each class has a row, in which the heights are random, the same in all frames
            jitter = np.random.default_rng(0).uniform(-0.35, 0.35, len(points))
            points[:, 1] = labels[: len(points)] + jitter
        return scatter_picture(points, labels[: len(points)], classes, span, circles, not is_line)

    return draw


def _opaque(sheet: np.ndarray) -> np.ndarray:
    """Paint the gaps of a sheet of `arrange` white: (height, width) or (height, width, 3)."""
    channels = sheet.shape[2]
    if channels in (2, 4):
        sheet = np.where(sheet[:, :, -1:] == 0, 255, sheet)[:, :, :-1].astype(np.uint8)
    return sheet[:, :, 0] if sheet.shape[2] == 1 else sheet
