"""Server time of what is done on the pages that explore a run which has been opened before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.benchmarks.report import Table
from tests.benchmarks.stage import app_server
from tests.support.visitor import Visitor

RUNS = {"vae-2d": "2 dimensions", "vae-20d": "20 dimensions", "conv-vae": "convolutional"}
WANTED = 150
"""Milliseconds, median."""


@dataclass(frozen=True)
class Interaction:
    """One kind of change on a page; hardly a value comes twice, so that few answers are known already."""

    page: str
    name: str
    key: str
    """Of the widget."""
    values: list[dict[str, Any]]
    query: str = ""
    """Of the page's address, besides the run."""
    runs: tuple[str, ...] = tuple(RUNS)


def _numbers(first: int, last: int) -> list[dict[str, Any]]:
    return [{"double_value": number} for number in range(first, last + 1)]


_ENDS = [{"double_array_value": [-quarters / 4, quarters / 4]} for quarters in range(3, 12)]
_SIDES = [{"double_array_value": [side]} for side in (19, 21, 18, 22, 23)]
_PLANES = [
    {"string_array_value": [name]} for name in ("Two dimensions", "Principal components", "Two dimensions")
]
_WIDE = ("vae-20d",)

INTERACTIONS = (
    Interaction("latent-grid", "images a side, about 20", "view_n", _SIDES),
    Interaction("latent-grid", "range of 20 × 20", "view_range_x", _ENDS, "&range=chosen"),
    Interaction("latent-grid", "anchor of 20 × 20", "view_anchor", _numbers(1, 9), runs=_WIDE),
    Interaction("latent-grid", "plane of 20 × 20", "view_plane", _PLANES, "&anchor=77", runs=_WIDE),
    Interaction("reconstructions", "seed", "view_seed", _numbers(1, 9)),
    Interaction("reconstructions", "number of images", "view_count", _numbers(11, 19)),
    Interaction("latent-space", "test image", "view_anchor", _numbers(21, 29)),
    Interaction("latent-space", "range", "view_range_x", _ENDS, "&range=chosen"),
    Interaction("latent-space", "plane", "view_plane", _PLANES, runs=_WIDE),
    Interaction("walks", "anchor of a traversal", "view_anchor", _numbers(11, 19), "&walk=traverse"),
    Interaction("walks", "image of an interpolation", "view_a", _numbers(11, 19), "&walk=interpolate"),
    Interaction("walks", "seed of 60 samples", "view_sample_seed", _numbers(1, 9), "&walk=sample"),
)


def measure() -> Iterator[Table]:
    """One table: milliseconds of each kind of change, on each page and run."""
    rows: list[tuple[str, ...]] = []
    with app_server() as server, Visitor(server.url) as visitor:
        visitor.open()
        for run, about in RUNS.items():
            for item in INTERACTIONS:
                if run in item.runs:
                    visitor.open(item.page, f"run={run}{item.query}")
                    times = [1000 * visitor.change(item.key, **value).seconds for value in item.values]
                    figures = (f"{median(times):.0f}", f"{max(times):.0f}", f"at most {WANTED}")
                    rows.append((item.page, f"{run}, {about}", item.name, *figures))
    yield Table(
        "Interactions on an opened run: from the wish to the end of the script, without drawing",
        ("page", "run", "what changes", "median (ms)", "longest (ms)", "wanted median (ms)"),
        rows,
    )
