"""Which run the Train page shows, and how fast this machine was at runs like it."""

from __future__ import annotations

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS, DatasetSpec
from vaelab.networks.sizes import expected_seconds, facts, work
from vaelab.runs.errors import RunDamaged
from vaelab.runs.run import Run
from vaelab.ui.session.chosen import DEFAULT_SHIPPED, chosen_run
from vaelab.ui.session.state import engine, history, own_runs, store
from vaelab.ui.session.visit import visit
from vaelab.words import counted, duration


def shown_run(preset: str) -> Run | None:
    """The run to show: the chosen or the newest own one, else the finished example of the preset.

    None if there is none that can be read.

    A preset that has just been chosen shows its example, unless a run is under way.
    """
    own = _own_run()
    if own and (own.status().active or not visit().example):
        return own
    shipped = {run.id: run for run in store().shipped_runs()}
    wanted = (shipped[name] for name in (preset, DEFAULT_SHIPPED) if name in shipped)
    return next(filter(_is_whole, wanted), None)


def _own_run() -> Run | None:
    chosen = chosen_run()
    if chosen and not chosen.shipped:
        return chosen
    return next((run for run in own_runs() if _is_whole(run)), None)


def _is_whole(run: Run) -> bool:
    try:
        run.check()
    except RunDamaged:
        return False
    return True


ALIKE = 10.0
"""How many times more or less work an epoch of a run may be for its speed to say something of another's."""


def measured_speed(config: RunConfig, threads: int) -> float | None:
    """Multiplications a second on so many threads, as the newest own run of the same architecture went.

    A run on fewer or more threads counts in proportion. None if there is none of about as much work: small
    networks and few images leave the processor waiting.
    """
    wanted = _work_of_an_epoch(config)
    for run in filter(_is_whole, own_runs()):
        done, status = run.config, run.status()
        epoch = status.epoch
        if epoch < 1 or (done.architecture, done.precision) != (config.architecture, config.precision):
            continue
        if not 1 / ALIKE < _work_of_an_epoch(done) / wanted < ALIKE:
            continue
        if seconds := history(run).evaluated.last.get("seconds"):
            return epoch * _work_of_an_epoch(done) / seconds * threads / max(1, status.threads)
    return None


def _work_of_an_epoch(config: RunConfig) -> float:
    return work(config, DATASETS[config.dataset]) / config.epochs


def usual_objective(preset: str) -> float | None:
    """Training objective of the last epoch of a preset's finished example, nats per image."""
    example = next((run for run in store().shipped_runs() if run.id == preset), None)
    return history(example).evaluated.last.get("train_objective") if example else None


def before_the_start(config: RunConfig, spec: DatasetSpec) -> str:
    """Parameters, compression, steps and expected time of a recipe, in one line."""
    known = facts(config, spec)
    speed = measured_speed(config, engine().threads)
    steps, numbers = counted(known.steps_per_epoch, "step"), counted(config.latent_dim, "number")
    basis = "as your last run went" if speed else "a guess until a first run"
    return (
        f"{known.parameters:,} parameters · {known.pixels:,} pixel values → {numbers} "
        f"({known.pixels:,} bytes → {known.code_bytes:,} bytes) · {steps} an epoch · "
        f"{duration(expected_seconds(config, spec, speed))} in all ({basis})"
    )
