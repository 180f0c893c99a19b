"""The latent canvas: codes on a plane, and under the cursor the decoder, run by the browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.figures.palette import PALETTE, class_style, text_on
from vaelab.latent.planes import Plane
from vaelab.latent.view import PRIOR_CIRCLES, PRIOR_INTERVALS, Span
from vaelab.runs import Run
from vaelab.ui.web.addresses import run_file_url, test_images_url
from vaelab.ui.widgets.components import component, rerun_only
from vaelab.ui.widgets.drawn_network import DrawnNetwork, described

LARGEST_COORDINATE = 1e15
"""Largest coordinate accepted from a browser."""

Layer = Literal["points", "manifold", "density", "prior", "markers"]

Quantiles = tuple[float, float]
"""A position on a plane relative to its codes: along each axis the quantile of the prior, from 0 to 1.

For a model without a prior, it is the share of the range of the codes.
"""

Region = tuple[tuple[float, float], ...]
"""Corners of a polygon on the plane."""


@dataclass(frozen=True)
class SharedCursor:
    """A cursor that several canvases of a page share.

    Parameters
    ----------
    channel
        The name of the cursor, the same for all of these canvases.
    quantiles
        The position that was chosen, if any.
    """

    channel: str
    quantiles: Quantiles | None = None


@dataclass(frozen=True)
class CanvasContents:
    """The contents of a canvas.

    Parameters
    ----------
    run
        The run.
    version
        The version of the run's files, as `vaelab.ui.server.run_files` names them.
    plane
        The plane of the latent space that is drawn.
    span
        Ends of both axes at first, and after Reset.
    layers
        Layers to draw: codes as points, or with `markers` as the names of their classes, the decoded
        manifold, the density of the codes, and the prior's circles.
    anchor
        The test image whose code gives the coordinates outside of the plane.
    chosen
        A test image whose code and posterior are marked.
    region
        A region that was chosen.
    point
        A point that was chosen.
    grid
        Coordinates of the columns and of the rows of a grid, both rising. The axes then show these
        at equal distances, and the manifold's cells lie round them.
    shared
        The cursor that the canvas shares with others, if any.
    network
        The network to draw round the plane, if any.
    """

    run: Run
    version: str
    plane: Plane
    span: Span
    layers: frozenset[Layer] = frozenset({"points", "prior"})
    anchor: int = 0
    chosen: int | None = None
    region: Region | None = None
    point: tuple[float, float] | None = None
    grid: tuple[Sequence[float], Sequence[float]] | None = None
    shared: SharedCursor | None = None
    network: DrawnNetwork | None = None


@dataclass(frozen=True)
class Choice:
    """What was chosen on a canvas: the code of a test image, any other point, or a region."""

    index: int | None = None
    point: tuple[float, float] | None = None
    quantiles: Quantiles | None = None
    """The relative position of that point, on a canvas that shares its cursor."""
    region: Region | None = None


def latent_canvas(
    contents: CanvasContents,
    *,
    key: str,
    height: int | str,
    alt: str,
    state: str = "",
    step: int | None = None,
    compact: bool = False,
    selectable: bool = True,
    lasso: bool = False,
) -> Choice | None:
    """Draw the latent plane of a run.

    Parameters
    ----------
    key
        Streamlit's key of the element; also the name of a downloaded picture.
    height
        Height of the plane in CSS pixels, or a CSS length such as `calc(100dvh - 200px)`; the width is the
        container's. A plane is never higher than 1.05 times its width.
    alt
        Description of the canvas for screen readers.
    state, step
        Written to the element as `data-state` and `data-step`, for tests to wait on.
    compact
        Whether the canvas is drawn without the classes' names and without buttons.
    selectable
        Whether a click or Enter chooses something.
    lasso
        Whether a region can be chosen as well.

    Returns
    -------
    The visitor's choice, in the one run of the script that it caused; otherwise None.
    """
    data = {
        **_files(contents),
        **_described(contents),
        "key": key,
        "alt": alt,
        "state": state,
        "step": step,
        "compact": compact,
        "selectable": selectable,
        "lasso": lasso,
    }
    result = component("latent_canvas", height)(key=key, data=data, on_selected_change=rerun_only)
    return _choice(result.selected, DATASETS[contents.run.config.dataset].test_images)


def _files(contents: CanvasContents) -> dict[str, Any]:
    run, version = contents.run, contents.version
    return {
        "run": run.id,
        "live": version.startswith("live-"),
        "codes": run_file_url(run, version, "codes"),
        "decoder": run_file_url(run, version, "decoder"),
        "images": test_images_url(run.config.dataset),
        "kind": DATASETS[run.config.dataset].kind.name,
    }


def _described(contents: CanvasContents) -> dict[str, Any]:
    plane, grid, live = contents.plane, contents.grid, contents.version.startswith("live-")
    names = DATASETS[contents.run.config.dataset].classes
    colors = [class_style(label)[0] for label in range(len(names))]
    circles = prior_circles(contents.run.config) if "prior" in contents.layers else ()
    return {
        "plane": {
            "origin": plane.origin.tolist(),
            "basis": plane.basis.T.tolist(),
            "labels": list(plane.labels),
        },
        "classes": [
            {"name": name, "color": color, "text": text_on(color)}
            for name, color in zip(names, colors, strict=True)
        ],
        "colors": {"prior": PALETTE.prior, "posterior": PALETTE.posterior},
        "circles": [[radius, text] for radius, text in circles],
        "span": [list(ends) for ends in contents.span],
        # A zoom is reset when this changes, because another run, plane, range or grid has another scale. The
        # range of a training under way only grows, so that a zoom stays.
        "revision": [contents.run.id, list(plane.labels), None if live else [contents.span, contents.grid]],
        "layers": {
            name: name in contents.layers for name in ("points", "manifold", "density", "prior", "markers")
        },
        "anchor": contents.anchor,
        "chosen": contents.chosen,
        "point": contents.point,
        "region": None if contents.region is None else [list(corner) for corner in contents.region],
        "shared": _shared(contents),
        "network": contents.network and described(contents.network, contents.run, contents.version),
        "grid": None if grid is None else {"x": list(grid[0]), "y": list(grid[1])},
    }


def _shared(contents: CanvasContents) -> dict[str, Any] | None:
    shared = contents.shared
    if shared is None:
        return None
    return {
        "channel": shared.channel,
        "position": shared.quantiles,
        "prior": contents.run.config.traits.has_prior,
    }


def prior_circles(config: RunConfig) -> Sequence[tuple[float, str]]:
    """Radii round 0, each with the share of the prior's draws within it in words; none without a prior.

    On a plane through more than two dimensions, the circles hold that share of the draws' projections.
    """
    if not config.traits.has_prior:
        return ()
    return PRIOR_INTERVALS if config.latent_dim == 1 else PRIOR_CIRCLES


def _choice(selected: Any, images: int) -> Choice | None:
    """Read a choice from the browser, for a number of test images; None if the value is malformed."""
    match selected:
        case {"kind": "code", "index": int(index)} if 0 <= index < images:
            return Choice(index=index)
        case {"kind": "point", "point": pair, **more} if point := _point(pair):
            return Choice(point=point, quantiles=_point(more.get("position")))
        case {"kind": "region", "region": [*pairs]}:
            corners = tuple(filter(None, map(_point, pairs)))
            return Choice(region=corners) if len(corners) > 2 else None
    return None


def _point(pair: Any) -> tuple[float, float] | None:
    """Two coordinates from the browser; None if they are anything else."""
    match pair:
        case [int() | float() as x, int() | float() as y]:
            if abs(x) <= LARGEST_COORDINATE and abs(y) <= LARGEST_COORDINATE:  # which NaN is not
                return float(x), float(y)
    return None
