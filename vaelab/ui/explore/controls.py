"""The controls of the latent views: which plane, how far out, and which test image.

Their settings are shared by all pages that draw them and stand in the address of each.
"""

from __future__ import annotations

import math
import secrets
from typing import Any

import numpy as np
import streamlit as st

from vaelab.latent.planes import Plane, axes_plane, prior_quantiles
from vaelab.latent.view import Span, whole_span, with_class_rows
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.opened import Opened, kl_per_dimension, usual_plane
from vaelab.ui.session.readers import interval, interval_text, one_of, point, some_of, whole_number
from vaelab.ui.session.visit import put, visit
from vaelab.ui.widgets.latent_canvas import Layer

Interval = tuple[float, float]


def pick_plane(opened: Opened) -> Plane:
    """Choose what is seen of a latent space of more than two dimensions."""
    settings, dimensions = opened.settings, opened.config.latent_dim
    if dimensions <= 2:
        settings.leave(("plane", "x", "y"), f"this run has only {dimensions} dimensions to show")
        return usual_plane(opened)
    if {"x", "y"} & settings.asked.keys():
        settings.asked.setdefault("plane", "dimensions")
    kinds = {"pca": "Principal components", "dimensions": "Two dimensions"}
    kind = st.segmented_control(
        "Plane",
        list(kinds),
        format_func=kinds.__getitem__,
        key=settings.take("plane", one_of(tuple(kinds)), "pca"),
        required=True,
        persist_state="session",
        help="Two latent dimensions, or the two directions in which the codes vary most.\n\n"
        + help_for("PCA"),
    )
    if kind == "pca":
        settings.leave(("x", "y"), "plane is pca, which has its own two directions")
        return usual_plane(opened)
    first = _pick_dimension(opened, "x", "Across", None)
    return axes_plane(dimensions, first - 1, _pick_dimension(opened, "y", "Up", first) - 1)


LAYERS: dict[Layer, str] = {
    "points": "Codes",
    "manifold": "Decoded images",
    "density": "Where codes are dense",
    "prior": "Prior",
    "markers": "Classes as markers",
}


def pick_layers(opened: Opened, default: tuple[Layer, ...] = ("points", "prior")) -> frozenset[Layer]:
    """Choose what is drawn on the latent plane; an AE has no prior, and rows of classes no density."""
    missing = {"prior": not opened.traits.has_prior, "density": opened.config.latent_dim == 1}
    offered = [layer for layer in LAYERS if not missing.get(layer)]
    _keep_layers(offered, default)
    key = opened.settings.take(
        "layers", some_of(offered), [layer for layer in default if layer in offered], ",".join
    )
    chosen: Any = st.pills(
        "Show",
        offered,
        selection_mode="multi",
        format_func=LAYERS.__getitem__,
        key=key,
        persist_state="session",
        help="Decoded images lie behind the codes. Where codes are not dense is a hole: the decoder draws "
        "something there too, but was never trained to.",
    )
    return frozenset(chosen)


def _keep_layers(offered: list[Layer], default: tuple[Layer, ...]) -> None:
    """Have what was chosen, or is drawn at first, and this run does not offer wait for one that does."""
    chosen = [*st.session_state.get("view_layers", default), *visit().layers_that_wait]
    visit().layers_that_wait = [layer for layer in chosen if layer not in offered]
    if "view_layers" in st.session_state:
        put("view_layers", [layer for layer in chosen if layer in offered])


def _pick_dimension(opened: Opened, name: str, label: str, taken: int | None) -> int:
    """A latent dimension, counted from 1; at first the one that says most and is not taken."""
    if opened.traits.has_kl:
        weight, unit = kl_per_dimension(opened.newest), "KL {:.2f} nats"
    else:
        weight, unit = opened.newest.codes.mean.std(0), "standard deviation {:.2g}"
    ranked = [int(place) + 1 for place in np.argsort(-weight, kind="stable") if place + 1 != taken]
    read = whole_number(1, len(weight), taken)
    return st.selectbox(
        label,
        sorted(ranked),
        format_func=lambda dimension: f"z{dimension} · " + unit.format(weight[dimension - 1]),
        key=opened.settings.take(name, read, ranked[0]),
        width=200,
        persist_state="session",
    )


def pick_range(opened: Opened, plane: Plane, labels: dict[str, str], help: str) -> list[Interval] | None:
    """Choose the ends of both axes; None to leave them to the page.

    Parameters
    ----------
    labels: what `auto` and `chosen` are called on the page.
    """
    settings = opened.settings
    chosen = st.segmented_control(
        "Range",
        list(labels),
        format_func=labels.__getitem__,
        key=settings.take("range", one_of(tuple(labels)), "auto"),
        required=True,
        persist_state="session",
        help=help,
    )
    if chosen == "auto":
        settings.leave(("range_x", "range_y"), "range is auto")
        return None
    points = plane.project(opened.newest.codes.mean)
    axes = range(min(2, opened.config.latent_dim))
    return [_pick_ends(opened, f"range_{'xy'[axis]}", plane.labels[axis], points[:, axis]) for axis in axes]


def _pick_ends(opened: Opened, name: str, label: str, values: np.ndarray) -> Interval:
    low, high, step = _bounds(values, opened.traits.has_prior)
    start = (-3.0, 3.0) if opened.traits.has_prior else central_range(values)
    key = opened.settings.take(name, interval(low, high), start, interval_text)
    ends: Any = st.slider(label, low, high, step=step, key=key, width=200, persist_state="session")
    return ends


def _bounds(values: np.ndarray, has_prior: bool) -> tuple[float, float, float]:
    """Ends and step of a slider over some coordinates of codes, with room to look beyond them."""
    low, high = float(values.min()), float(values.max())
    air = 0.25 * (high - low) or 1.0
    low, high = low - air, high + air
    if has_prior:
        low, high = min(low, -4.0), max(high, 4.0)
    step = 10.0 ** math.floor(math.log10((high - low) / 50))
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def seen_span(opened: Opened, plane: Plane, ends: list[Interval] | None = None) -> Span:
    """What part of the plane is in view; one dimension has a row a class."""
    points = plane.project(opened.newest.codes.mean)
    across, up = whole_span(points)
    across, up = (*ends, up)[:2] if ends else (across, up)
    return with_class_rows((across, up), opened.config.latent_dim, len(opened.data.spec.classes))


def grid_positions(opened: Opened, plane: Plane, ends: list[Interval] | None, count: int) -> list[np.ndarray]:
    """Where the columns and the rows of the grid lie."""
    axes = min(2, opened.config.latent_dim)
    if ends is None and opened.traits.has_prior:
        places = [prior_quantiles(count)] * axes
    else:
        points = plane.project(opened.newest.codes.mean)
        ends = ends or [central_range(points[:, axis]) for axis in range(axes)]
        places = [np.linspace(*axis_ends, count) for axis_ends in ends]
    return places if axes == 2 else [*places, np.zeros(1)]


def central_range(values: np.ndarray) -> Interval:
    """Where the middle 98 % of some coordinates of codes lie."""
    low, high = np.percentile(values, (1, 99)).tolist()
    return (low, high) if high > low else (low - 1, high + 1)


FARTHEST = 100.0
"""How far out a place of a plane may lie, in distances of the farthest code (or of a prior's end, at 4)."""


def farthest(opened: Opened, plane: Plane) -> float:
    """The largest coordinate that a link may have on a plane, the same at all steps."""
    points = plane.project(opened.newest.codes.mean)
    end = float(np.abs(points[np.isfinite(points)]).max(initial=4.0))
    return float(f"{FARTHEST * end:.2g}")


def whereabouts(opened: Opened, plane: Plane) -> tuple[object, ...]:
    """Where coordinates on a plane have their meaning: not with another run, nor on another plane."""
    return opened.run.id, plane.labels


def take_kept_place(opened: Opened, plane: Plane) -> str:
    """Settle which place of a plane is kept, if any; returns the key of the session's state."""
    read = point(farthest(opened, plane))
    return opened.settings.take(
        "kept",
        lambda text: read(text) if text else None,
        None,
        lambda place: interval_text(place) if place else "",
        within=whereabouts(opened, plane),
    )


def take_anchor(opened: Opened) -> str:
    """Settle which test image the pages look at, by its number; returns the key of its widget."""
    return opened.settings.take("anchor", whole_number(0, len(opened.newest.data.x_test) - 1), 0)


def pick_anchor(opened: Opened, key: str, label: str, help: str) -> int:
    """Choose a test image by its number, or at random."""
    return pick_number(key, label, len(opened.newest.data.x_test), "Random", help)


def with_code(opened: Opened, index: int) -> int:
    """The test image to show for a chosen one: itself, or with a sentence another that has a code here."""
    stand_in = opened.codes.stand_in(index)
    if stand_in != index:
        st.caption(
            f"This snapshot has no code of test image {index}, which stays chosen: here test image {stand_in}"
            " stands in for it."
        )
    return stand_in


def pick_number(key: str, label: str, count: int, button: str, help: str) -> int:
    """Choose a number from 0 to count - 1, or have a button of that name choose one at random."""
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        number: int = st.number_input(
            label, 0, count - 1, step=1, key=key, width=180, persist_state="session", help=help
        )
        st.button(
            button, icon=":material/casino:", key=f"{key}_random", on_click=_pick_at_random, args=(key, count)
        )
    return number


def _pick_at_random(key: str, count: int) -> None:
    put(key, secrets.randbelow(count))
