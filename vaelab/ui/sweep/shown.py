"""Which sweep is shown: read from its runs' folders, or the finished example."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import streamlit as st

from vaelab.config.fields import field_spec, in_words
from vaelab.config.run_config import RunConfig, upgrade
from vaelab.data.catalogue import DATASETS
from vaelab.figures.sweep_curves import SweptRun
from vaelab.networks.sizes import work
from vaelab.paths import EXAMPLE_SWEEPS
from vaelab.runs.errors import RunDamaged
from vaelab.runs.life import UNDER_WAY
from vaelab.runs.run import Run
from vaelab.runs.status import Status
from vaelab.sweeps.results import Result, Values, from_row, result
from vaelab.ui.session.state import history, is_own, own_runs, store
from vaelab.ui.session.text import plain
from vaelab.ui.session.visit import put, visit
from vaelab.words import counted

EXAMPLE = EXAMPLE_SWEEPS / "vae-2d-beta.json"
"""The finished sweep that comes with VAE Lab."""

EXAMPLE_LABEL = "Finished example"
"""What the picker calls it."""


@dataclass(frozen=True)
class ShownSweep:
    """The runs of a sweep as they are now, those of one setting next to each other."""

    axes: tuple[str, ...]
    configs: list[RunConfig]
    results: list[Result]
    runs: list[Run]
    """None of the example."""
    statuses: list[Status]
    courses: list[SweptRun]

    @property
    def active(self) -> bool:
        """Whether there is more to come."""
        return any(status.state in UNDER_WAY for status in self.statuses)

    @property
    def over(self) -> int:
        """How many runs have ended."""
        return sum(not status.active for status in self.statuses)

    @property
    def own(self) -> bool:
        """Whether the visitor may stop it."""
        return bool(self.runs) and is_own(self.runs[0])


def read_sweep(group: str) -> ShownSweep | None:
    """The sweep of a group as it is now; None if there is no such sweep."""
    read = [found for run in store().group(group) if (found := _read(run))]
    if not read or read[0][0].meta.kind != "sweep":
        return None
    axes = read[0][0].meta.axes
    settings = list(dict.fromkeys(_setting(run, axes) for run, _ in read))
    read.sort(key=lambda found: (settings.index(_setting(found[0], axes)), found[0].config.seed))
    results, courses = [], []
    for run, status in read:
        said = history(run)
        results.append(result(run.id, run.config, axes, status.state, said.evaluated.last))
        diverged = results[-1].state == "diverged"
        courses.append(SweptRun(results[-1].values, run.config.seed, diverged, said.steps, said.evaluated))
    runs, statuses = [run for run, _ in read], [status for _, status in read]
    return ShownSweep(axes, [run.config for run in runs], results, runs, statuses, courses)


def _setting(run: Run, axes: Sequence[str]) -> Values:
    return tuple(getattr(run.config, name) for name in axes)


def _read(run: Run) -> tuple[Run, Status] | None:
    try:
        _ = run.config, run.meta
        return run, run.status()
    except RunDamaged:
        return None


@cache
def example() -> ShownSweep:
    """The finished sweep that comes with VAE Lab: its numbers without its runs."""
    said = json.loads(EXAMPLE.read_text("utf-8"))
    base, axes = RunConfig.model_validate(upgrade(said["config"])), tuple(said["axes"])
    configs = [base.variant(**{name: row[name] for name in (*axes, "seed")}) for row in said["rows"]]
    return ShownSweep(
        axes,
        configs,
        [from_row(config, axes, row) for config, row in zip(configs, said["rows"], strict=True)],
        [],
        [],
        [],
    )


def own_sweeps() -> dict[str, str]:
    """The visitor's sweeps, newest first: group and what it is in words."""
    labels: dict[str, str] = {}
    members: dict[str, list[Run]] = {}
    for run in own_runs():
        try:
            if run.meta.kind == "sweep" and run.config:
                members.setdefault(run.meta.group, []).append(run)
        except RunDamaged:
            continue
    for group, runs in members.items():
        labels[group] = _label(runs[::-1])
    return labels


def _label(runs: list[Run]) -> str:
    axes = runs[0].meta.axes
    varied = " × ".join(
        f"{field_spec(name).label} "
        + ", ".join(dict.fromkeys(in_words(name, getattr(run.config, name)) for run in runs))
        for name in axes
    )
    count = counted(len(runs), "run")
    config = runs[0].config
    dataset = field_spec("dataset").labels[config.dataset]
    return f"{varied} · {config.traits.label} · {dataset} · {count} · {runs[0].id[:4]}"


def seconds_left(shown: ShownSweep, side_by_side: int) -> float | None:
    """Expected time until the last run has ended, as fast as they went so far; None before that is known."""
    done = left = seconds = 0.0
    for config, each, course, status in zip(
        shown.configs, shown.results, shown.courses, shown.statuses, strict=True
    ):
        whole = work(config, DATASETS[config.dataset])
        done += whole * course.evaluated.last.get("epoch", 0.0) / config.epochs
        seconds += each.seconds
        if status.active:
            left += whole * max(0.0, 1 - status.epoch / config.epochs)
    return left / (done / seconds * side_by_side) if done and seconds else None


def pick_sweep() -> str | None:
    """The group of the sweep to show, None for the example; a picker if there is a choice."""
    sweeps, wanted = own_sweeps(), visit().sweep
    if wanted and wanted not in sweeps:
        if read_sweep(wanted) is None:
            st.warning(plain(f"There is no sweep {wanted[:64]!r} on this server. It may have been deleted."))
            wanted = None
        else:
            sweeps = {wanted: "Somebody else's sweep, opened by its link", **sweeps}
    visit().sweep = wanted
    if not sweeps:
        return None
    options = {**sweeps, "": EXAMPLE_LABEL}
    # Set before the widget is made: its options may have changed since it was last shown.
    put("picked_sweep", wanted or "")
    st.selectbox(
        "Sweep", list(options), format_func=options.__getitem__, key="picked_sweep", on_change=_take_picked
    )
    return visit().sweep


def _take_picked() -> None:
    visit().sweep = st.session_state.picked_sweep or None
