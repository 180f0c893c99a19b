"""The controls of the latent views: which plane, which range of it, and which test image.

All pages that draw a control share its value, and each writes it to its address.
"""

import math
import secrets
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from vaelab.latent.planes import Plane, axes_plane, prior_quantiles
from vaelab.latent.view import Span, least_span, whole_span, with_class_rows
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.results import kl_per_dimension, usual_plane
from vaelab.ui.session import PageChoices, interval_text, one_of, point, put, visit, whole_number
from vaelab.ui.session.readers import interval, some_of
from vaelab.ui.widgets.latent_canvas import Layer
from vaelab.words import counted

Interval = tuple[float, float]

REACH = 100.0
"""Largest coordinate that a link may have on a plane, in multiples of that of the farthest code."""

LAYERS: dict[Layer, str] = {
    "points": "Codes",
    "manifold": "Decoded images",
    "density": "Where codes are dense",
    "prior": "Prior",
    "markers": "Classes as markers",
}


def pick_option(
    choices: PageChoices, name: str, label: str, options: Mapping[str, str], **appearance: Any
) -> str:
    """Choose one of some options, of which the first is the default.

    Parameters
    ----------
    name
        The parameter of the address.
    options
        The label of each option, by its text in the address.
    appearance
        Further arguments of `st.segmented_control`.
    """
    chosen: str = st.segmented_control(
        label,
        list(options),
        format_func=options.__getitem__,
        key=choices.take(name, one_of(tuple(options)), next(iter(options))),
        required=True,
        persist_state="session",
        **appearance,
    )
    return chosen


def pick_plane(opened: Opened) -> Plane:
    """Choose the plane on which a latent space of more than two dimensions is shown."""
    choices, dimensions = opened.choices, opened.config.latent_dim
    if dimensions <= 2:
        choices.leave(("plane", "x", "y"), f"this run has only {counted(dimensions, 'dimension')} to show")
        return usual_plane(opened)
    if {"x", "y"} & choices.asked.keys():
        choices.asked.setdefault("plane", "dimensions")
    planes = {"pca": "Principal components", "dimensions": "Two dimensions"}
    help = "Two latent dimensions, or the two directions in which the codes vary most.\n\n"
    kind = pick_option(choices, "plane", "Plane", planes, help=help + help_for("PCA"))
    if kind == "pca":
        choices.leave(("x", "y"), f"“Plane” is “{planes[kind]}”, which has its own two directions")
        return usual_plane(opened)
    first = _pick_dimension(opened, "x", "Across", None)
    return axes_plane(dimensions, first - 1, _pick_dimension(opened, "y", "Up", first) - 1)


def pick_layers(opened: Opened) -> frozenset[Layer]:
    """Choose the layers of the latent plane; an AE has no prior, and a plane of class rows no density."""
    default: tuple[Layer, ...] = ("points", "prior")
    missing = {"prior": not opened.traits.has_prior, "density": opened.config.latent_dim == 1}
    offered = [layer for layer in LAYERS if not missing.get(layer)]
    _keep_layers(offered, default)
    initial = [layer for layer in default if layer in offered]
    chosen: Any = st.pills(
        "Show",
        offered,
        selection_mode="multi",
        format_func=LAYERS.__getitem__,
        key=opened.choices.take("layers", some_of(offered), initial, ",".join),
        persist_state="session",
        help="Decoded images lie behind the codes. Where codes are not dense is a hole: the decoder draws "
        "something there too, but was never trained to.",
    )
    return frozenset(chosen)


def _keep_layers(offered: list[Layer], default: tuple[Layer, ...]) -> None:
    """Keep the layers that this run lacks, for the next run that has them."""
    chosen = [*st.session_state.get("view_layers", default), *visit().layers_that_wait]
    visit().layers_that_wait = [layer for layer in chosen if layer not in offered]
    if "view_layers" in st.session_state:
        put("view_layers", [layer for layer in chosen if layer in offered])


def _pick_dimension(opened: Opened, name: str, label: str, taken: int | None) -> int:
    """Choose a latent dimension from 1, other than `taken`; the default has the most KL or variance."""
    if opened.traits.has_kl:
        weight, unit = kl_per_dimension(opened.newest), "KL {:z.2f} nats"
    else:
        weight, unit = opened.newest.codes.mean.std(0), "standard deviation {:.2g}"
    ranked = [int(index) + 1 for index in np.argsort(-weight, kind="stable") if index + 1 != taken]
    return st.selectbox(
        label,
        sorted(ranked),
        format_func=lambda dimension: f"z{dimension} · " + unit.format(weight[dimension - 1]),
        key=opened.choices.take(name, whole_number(1, len(weight), taken), ranked[0]),
        width=200,
        persist_state="session",
    )


def pick_range(opened: Opened, plane: Plane, labels: dict[str, str], help: str) -> list[Interval] | None:
    """Choose the ends of both axes, or leave them to the page, for which None stands.

    Parameters
    ----------
    labels: the labels of the options `auto` and `chosen`.
    """
    if pick_option(opened.choices, "range", "Range", labels, help=help) == "auto":
        opened.choices.leave(("range_x", "range_y"), f"“Range” is “{labels['auto']}”")
        return None
    points = plane.project(opened.newest.codes.mean)
    axes = range(min(2, opened.config.latent_dim))
    return [_pick_ends(opened, f"range_{'xy'[axis]}", plane.labels[axis], points[:, axis]) for axis in axes]


def _pick_ends(opened: Opened, name: str, axis: str, values: np.ndarray) -> Interval:
    """Choose the ends of an axis, with the label `axis`, on which codes have coordinates `values` (N,)."""
    low, high, step = _bounds(values, opened.traits.has_prior)
    label = f"Range of {axis}"
    start = (-3.0, 3.0) if opened.traits.has_prior else central_range(values)
    ends: Any = st.slider(
        label,
        low,
        high,
        step=step,
        key=opened.choices.take(name, interval(low, high), start, interval_text, label=label),
        width=200,
        persist_state="session",
    )
    return ends


def _bounds(values: np.ndarray, has_prior: bool) -> tuple[float, float, float]:
    """Ends and step of a slider over coordinates of codes (N,), with a margin beyond them."""
    low, high = float(values.min()), float(values.max())
    margin = 0.25 * (high - low) or 1.0
    low, high = low - margin, high + margin
    if has_prior:
        low, high = min(low, -4.0), max(high, 4.0)
    step = 10.0 ** math.floor(math.log10((high - low) / 50))
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def seen_span(opened: Opened, plane: Plane, ends: list[Interval] | None = None) -> Span:
    """The part of the plane that is in view; a latent space of one dimension has one row per class."""
    across, up = whole_span(plane.project(opened.newest.codes.mean), least_span(opened.traits.has_prior))
    across, up = (*ends, up)[:2] if ends else (across, up)
    return with_class_rows((across, up), opened.config.latent_dim, len(opened.data.spec.classes))


def grid_lines(opened: Opened, plane: Plane, ends: list[Interval] | None, count: int) -> list[np.ndarray]:
    """Coordinates at which the columns and the rows of the grid stand."""
    axes = min(2, opened.config.latent_dim)
    if ends is None and opened.traits.has_prior:
        coordinates = [prior_quantiles(count)] * axes
    else:
        points = plane.project(opened.newest.codes.mean)
        ends = ends or [central_range(points[:, axis]) for axis in range(axes)]
        coordinates = [np.linspace(*axis_ends, count) for axis_ends in ends]
    return coordinates if axes == 2 else [*coordinates, np.zeros(1)]


def central_range(values: np.ndarray) -> Interval:
    """Ends of the middle 98 % of coordinates of codes (N,)."""
    low, high = np.percentile(values, (1, 99)).tolist()
    return (low, high) if high > low else (low - 1, high + 1)


def largest_coordinate(opened: Opened, plane: Plane) -> float:
    """Largest coordinate that a link may have on a plane, the same at all steps.

    The farthest code counts as at least 4 from 0, which is about as far as a prior reaches.
    """
    points = plane.project(opened.newest.codes.mean)
    end = float(np.abs(points[np.isfinite(points)]).max(initial=4.0))
    return float(f"{REACH * end:.2g}")


def coordinate_system(opened: Opened, plane: Plane) -> tuple[object, ...]:
    """The run and the plane outside of which coordinates lose their meaning."""
    return opened.run.id, plane.labels


def take_kept_position(opened: Opened, plane: Plane) -> str:
    """Settle which point of a plane is kept, if any; returns the key of the session's state."""
    read = point(largest_coordinate(opened, plane))
    return opened.choices.take(
        "kept",
        lambda text: read(text) if text else None,
        None,
        lambda point: interval_text(point) if point else "",
        within=coordinate_system(opened, plane),
    )


def take_image(opened: Opened, name: str = "anchor", default: int = 0, *, label: str | None = None) -> str:
    """Settle the number of a test image, a parameter of the address; returns the key of its widget.

    Parameters
    ----------
    label: what the page calls the image, if not what `vaelab.ui.session.labels` has.
    """
    read = whole_number(0, len(opened.newest.data.x_test) - 1)
    return opened.choices.take(name, read, default, label=label)


def pick_image(opened: Opened, key: str, label: str, help: str) -> int:
    """Choose a test image by its number, or at random."""
    return pick_number(key, label, len(opened.newest.data.x_test), "Random", help)


def with_code(opened: Opened, index: int) -> int:
    """Index of the test image to show for a chosen one.

    It is the chosen one, or a stand-in if the snapshot has no code of it, which a caption then tells.
    """
    stand_in = opened.codes.stand_in(index)
    if stand_in != index:
        st.caption(
            f"This snapshot has no code of test image {index}, which stays chosen: here test image {stand_in}"
            " stands in for it."
        )
    return stand_in


def pick_number(key: str, label: str, count: int, button: str, help: str) -> int:
    """Choose a number from 0 to count - 1; a button with the label `button` chooses one at random."""
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        number: int = st.number_input(
            label, 0, count - 1, step=1, key=key, width=140, persist_state="session", help=help
        )
        st.button(
            button, icon=":material/casino:", key=f"{key}_random", on_click=_pick_at_random, args=(key, count)
        )
    return number


def _pick_at_random(key: str, count: int) -> None:
    put(key, secrets.randbelow(count))
