"""The sweep on the page: read from the folders of its runs, or the finished example."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import streamlit as st

from vaelab.config import RunConfig, field_spec, in_words
from vaelab.config.run_config import upgrade
from vaelab.data import DATASETS
from vaelab.figures.sweep_curves import SweptRun
from vaelab.networks.sizes import work
from vaelab.paths import EXAMPLE_SWEEPS
from vaelab.runs import UNDER_WAY, Run, RunDamaged, Status
from vaelab.runs.run import SHORT_ID
from vaelab.runs.status import random_part
from vaelab.sweeps.results import Result, Values, from_row, result
from vaelab.ui.session import history, is_own, own_runs, plain, put, store, visit
from vaelab.words import counted

EXAMPLE = EXAMPLE_SWEEPS / "vae-2d-beta.json"
"""The finished sweep that comes with VAE Lab."""

EXAMPLE_LABEL = "Finished example"
"""Label of the finished example in the picker."""


@dataclass(frozen=True)
class ShownSweep:
    """The runs of a sweep as they are now; those with the same values stand next to each other."""

    axes: tuple[str, ...]
    configs: list[RunConfig]
    results: list[Result]
    runs: list[Run]
    """Runs of the sweep; this and the two fields below are empty for the finished example."""
    statuses: list[Status]
    histories: list[SweptRun]

    @property
    def active(self) -> bool:
        """Whether a run of the sweep trains or waits."""
        return any(status.state in UNDER_WAY for status in self.statuses)

    @property
    def over(self) -> int:
        """Number of runs that have ended."""
        return sum(not status.active for status in self.statuses)

    @property
    def own(self) -> bool:
        """Whether the visitor owns the sweep, and so may stop it."""
        return bool(self.runs) and is_own(self.runs[0])


def read_sweep(group: str) -> ShownSweep | None:
    """The sweep of a group as it is now; None if there is no such sweep."""
    statuses = {run: status for run in store().group(group) if (status := _status(run))}
    runs = list(statuses)
    if not runs or runs[0].meta.kind != "sweep":
        return None
    axes = runs[0].meta.axes
    order = list(dict.fromkeys(_values(run, axes) for run in runs))
    runs.sort(key=lambda run: (order.index(_values(run, axes)), run.config.seed))
    results, histories = [], []
    for run in runs:
        events, state = history(run), statuses[run].state
        results.append(result(run.id, run.config, axes, state, events.evaluated.last))
        diverged = results[-1].state == "diverged"
        values = results[-1].values
        histories.append(SweptRun(values, run.config.seed, diverged, events.steps, events.evaluated))
    configs = [run.config for run in runs]
    return ShownSweep(axes, configs, results, runs, [statuses[run] for run in runs], histories)


def _values(run: Run, axes: Sequence[str]) -> Values:
    return tuple(getattr(run.config, name) for name in axes)


def _status(run: Run) -> Status | None:
    """The status of a run; None if a file of the run cannot be read."""
    try:
        _ = run.config, run.meta
        return run.status()
    except RunDamaged:
        return None


@cache
def example() -> ShownSweep:
    """The finished sweep that comes with VAE Lab: its results without its runs."""
    file = json.loads(EXAMPLE.read_text("utf-8"))
    base, axes = RunConfig.model_validate(upgrade(file["config"])), tuple(file["axes"])
    configs = [base.variant(**{name: row[name] for name in (*axes, "seed")}) for row in file["rows"]]
    results = [from_row(config, axes, row) for config, row in zip(configs, file["rows"], strict=True)]
    return ShownSweep(axes, configs, results, [], [], [])


def own_sweeps() -> dict[str, str]:
    """Label of each of the visitor's sweeps by its group, the newest first."""
    members: dict[str, list[Run]] = {}
    for run in own_runs():
        try:
            if run.meta.kind == "sweep" and run.config:
                members.setdefault(run.meta.group, []).append(run)
        except RunDamaged:
            continue
    return {group: _label(runs[::-1]) for group, runs in members.items()}


def _label(runs: list[Run]) -> str:
    varied = " × ".join(
        f"{field_spec(name).label} "
        + ", ".join(dict.fromkeys(in_words(name, getattr(run.config, name)) for run in runs))
        for name in runs[0].meta.axes
    )
    count = counted(len(runs), "run")
    config = runs[0].config
    dataset = field_spec("dataset").labels[config.dataset]
    return f"{varied} · {config.traits.label} · {dataset} · {count} · {runs[0].short_group}"


def seconds_left(sweep: ShownSweep, side_by_side: int) -> float | None:
    """Expected seconds until the last run has ended, at the speed so far; None before that is known."""
    done = left = seconds = 0.0
    for config, outcome, events, status in zip(
        sweep.configs, sweep.results, sweep.histories, sweep.statuses, strict=True
    ):
        whole = work(config, DATASETS[config.dataset])
        done += whole * events.evaluated.last.get("epoch", 0.0) / config.epochs
        seconds += outcome.seconds
        if status.active:
            left += whole * max(0.0, 1 - status.epoch / config.epochs)
    return left / (done / seconds * side_by_side) if done and seconds else None


def pick_sweep() -> str | None:
    """Draw a picker if there is a choice; returns the group of the chosen sweep, None for the example."""
    sweeps, wanted = own_sweeps(), visit().sweep
    wanted = _whole_group(wanted, sweeps)
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
    # The value is set before the widget is made, as its options may have changed since it was last shown.
    put("picked_sweep", wanted or "")
    st.selectbox(
        "Sweep", list(options), format_func=options.__getitem__, key="picked_sweep", on_change=_take_picked
    )
    return visit().sweep


def _whole_group(wanted: str | None, sweeps: Iterable[str]) -> str | None:
    """The group of the one own sweep whose random name begins as wanted, as pages show it; else as wanted."""
    if not wanted or len(wanted) < SHORT_ID:
        return wanted
    matching = [group for group in sweeps if random_part(group).startswith(wanted)]
    return matching[0] if len(matching) == 1 else wanted


def _take_picked() -> None:
    visit().sweep = st.session_state.picked_sweep or None
