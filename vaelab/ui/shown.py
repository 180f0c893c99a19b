"""Which run the Train page shows, and how fast this machine was at runs like it."""

from __future__ import annotations

from vaelab.config import RunConfig
from vaelab.datasets import DATASETS, DatasetSpec
from vaelab.facts import duration, expected_seconds, facts, work
from vaelab.runs import Run, RunDamaged
from vaelab.ui.chosen import DEFAULT_SHIPPED, chosen_run
from vaelab.ui.state import history, own_runs, store


def shown_run(preset: str) -> Run:
    """The run that was chosen, else the visitor's newest, else the finished example of the preset."""
    chosen = chosen_run()
    if chosen and not chosen.shipped:
        return chosen
    for run in own_runs():
        try:
            _ = run.config, run.status()
        except RunDamaged:
            continue
        return run
    shipped = {run.id: run for run in store().shipped_runs()}
    return shipped.get(preset) or shipped[DEFAULT_SHIPPED]


def measured_speed(config: RunConfig) -> float | None:
    """Multiplications a second of the newest own run of the same architecture; None if there is none."""
    for run in own_runs():
        try:
            done, status = run.config, run.status()
        except RunDamaged:
            continue
        said = history(run)
        alike = (done.architecture, done.precision) == (config.architecture, config.precision)
        if alike and said.evaluated.get("seconds") and status.epoch >= 1:
            share = status.epoch / done.epochs
            return share * work(done, DATASETS[done.dataset]) / said.evaluated["seconds"][-1]
    return None


def usual_objective(preset: str) -> float | None:
    """Training objective of the last epoch of a preset's finished example, nats per image."""
    example = next((run for run in store().shipped_runs() if run.id == preset), None)
    return history(example).evaluated["train_objective"][-1] if example else None


def before_the_start(config: RunConfig, spec: DatasetSpec) -> str:
    """Parameters, compression, steps and expected time of a recipe, in one line."""
    known = facts(config, spec)
    speed = measured_speed(config)
    steps = "1 step" if known.steps_per_epoch == 1 else f"{known.steps_per_epoch:,} steps"
    numbers = "1 number" if config.latent_dim == 1 else f"{config.latent_dim} numbers"
    basis = "as your last run went" if speed else "a guess until a first run"
    return (
        f"{known.parameters:,} parameters · {known.pixels:,} pixels → {numbers} "
        f"({known.pixels:,} bytes → {known.code_bytes:,}) · {steps} an epoch · "
        f"{duration(expected_seconds(config, spec, speed))} in all ({basis})"
    )
