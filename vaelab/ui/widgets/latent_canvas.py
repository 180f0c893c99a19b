"""The latent canvas: codes on a plane, and under the cursor the decoder, run by the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.figures.palette import PALETTE, class_style, text_on
from vaelab.latent.planes import Plane
from vaelab.latent.view import PRIOR_CIRCLES, Span
from vaelab.runs.run import Run
from vaelab.ui.web.addresses import run_file_url, test_images_url
from vaelab.ui.widgets.components import component, rerun_only

PRIOR_INTERVALS = ((1.0, "68 % of prior draws"), (2.0, "95 %"), (3.0, "99.7 %"))
"""As `PRIOR_CIRCLES`, of a one-dimensional normal: what lies within so many standard deviations."""

Layer = Literal["points", "manifold", "density", "prior", "markers"]

Place = tuple[float, float]
"""A relative place of a plane: two numbers from 0 to 1."""

Region = tuple[tuple[float, float], ...]
"""Corners of a polygon on the plane."""


@dataclass(frozen=True)
class SharedCursor:
    """That a canvas shares its cursor with others of the page.

    Parameters
    ----------
    channel
        The same for all that share one.
    place
        Which place of the plane was chosen, relative to what it holds: along each axis the quantile of
        the prior, or for an AE the share of the range of its codes; from 0 to 1.
    """

    channel: str
    place: Place | None = None


@dataclass(frozen=True)
class Shown:
    """What a canvas shows of a run.

    Parameters
    ----------
    run
        The run.
    version
        Which state of it, as `vaelab.ui.server.run_files` names them.
    plane
        The plane that is seen.
    span
        Ends of both axes at first, and after Reset.
    layers
        What is drawn: codes as points, or with `markers` as the names of their classes, the decoded
        manifold, the density of the codes, and the prior's circles.
    anchor
        The test image whose code fills in the coordinates that the plane leaves open.
    chosen
        A test image whose code and posterior are marked.
    region
        A region that was chosen.
    point
        A place that was chosen.
    grid
        Coordinates of the columns and of the rows of a grid, both rising. The axes then have these
        at equal distances, and the manifold's cells lie round them.
    shared
        With which other canvases it shares its cursor; None for none.
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


FARTHEST = 1e15
"""Of a coordinate that a browser may tell: no plane has any so far out."""


@dataclass(frozen=True)
class Choice:
    """What was chosen on a canvas: the code of a test image, any other point, or a region."""

    index: int | None = None
    point: tuple[float, float] | None = None
    place: Place | None = None
    """Where that point is, relatively, on a plane that shares its cursor."""
    region: Region | None = None


def latent_canvas(
    shown: Shown,
    *,
    key: str,
    height: int,
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
        Of the plane, in CSS pixels; the width is the container's.
    alt
        What the canvas shows, for those who do not see it.
    state, step
        Written to the element as `data-state` and `data-step`, for tests to wait on.
    compact
        Smaller, without the classes' names and buttons.
    selectable
        Whether a click or Enter chooses something.
    lasso
        Whether a region can be chosen, too.

    Returns
    -------
    What was just chosen, in the one run of the script that the choice caused; otherwise None.
    """
    data = {
        **_files(shown),
        **_described(shown),
        "key": key,
        "height": height,
        "alt": alt,
        "state": state,
        "step": step,
        "compact": compact,
        "selectable": selectable,
        "lasso": lasso,
    }
    result = component("latent_canvas")(key=key, data=data, on_selected_change=rerun_only)
    return _choice(result.selected, DATASETS[shown.run.config.dataset].test_images)


def _files(shown: Shown) -> dict[str, Any]:
    run, version = shown.run, shown.version
    return {
        "run": run.id,
        "live": version.startswith("live-"),
        "codes": run_file_url(run, version, "codes"),
        "decoder": run_file_url(run, version, "decoder"),
        "images": test_images_url(run.config.dataset),
    }


def _described(shown: Shown) -> dict[str, Any]:
    plane, grid, live = shown.plane, shown.grid, shown.version.startswith("live-")
    names = DATASETS[shown.run.config.dataset].classes
    colors = [class_style(label)[0] for label in range(len(names))]
    circles = prior_circles(shown.run.config) if "prior" in shown.layers else ()
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
        "span": [list(ends) for ends in shown.span],
        # Another run, plane, range or grid has another scale, for which a zoom would be wrong. The range of a
        # training under way only grows, and a zoom stays.
        "revision": [shown.run.id, list(plane.labels), None if live else [shown.span, shown.grid]],
        "layers": {
            name: name in shown.layers for name in ("points", "manifold", "density", "prior", "markers")
        },
        "anchor": shown.anchor,
        "chosen": shown.chosen,
        "point": shown.point,
        "region": None if shown.region is None else [list(corner) for corner in shown.region],
        "shared": _shared(shown),
        "grid": None if grid is None else {"x": list(grid[0]), "y": list(grid[1])},
    }


def _shared(shown: Shown) -> dict[str, Any] | None:
    shared = shown.shared
    if shared is None:
        return None
    return {"channel": shared.channel, "place": shared.place, "prior": shown.run.config.traits.has_prior}


def prior_circles(config: RunConfig) -> Sequence[tuple[float, str]]:
    """Radii round 0 and what share of the prior's draws they hold; none for an AE.

    On a plane through more than two dimensions, the circles hold that share of the draws' projections.
    """
    if not config.traits.has_prior:
        return ()
    return PRIOR_INTERVALS if config.latent_dim == 1 else PRIOR_CIRCLES


def _choice(selected: Any, images: int) -> Choice | None:
    """What the browser says was chosen of so many images; None for anything that it should not say."""
    match selected:
        case {"kind": "code", "index": int(index)} if 0 <= index < images:
            return Choice(index=index)
        case {"kind": "point", "point": [x, y], **more} if _is_point([x, y]):
            return Choice(point=(float(x), float(y)), place=_place(more.get("place")))
        case {"kind": "region", "region": [*corners]} if len(corners) > 2:
            pairs = [corner for corner in corners if _is_point(corner)]
            return Choice(region=tuple((float(x), float(y)) for x, y in pairs)) if len(pairs) > 2 else None
    return None


def _place(given: Any) -> Place | None:
    return (float(given[0]), float(given[1])) if _is_point(given) else None


def _is_point(corner: Any) -> bool:
    return (
        isinstance(corner, list)
        and len(corner) == 2
        and all(isinstance(value, int | float) and abs(value) <= FARTHEST for value in corner)
    )
