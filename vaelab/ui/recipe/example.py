"""The run that the Train page shows, and the speed of this machine at similar runs."""

from functools import cache, lru_cache

from vaelab.config import RunConfig
from vaelab.config.presets import FIRST_PRESET
from vaelab.data import DATASETS, DatasetSpec
from vaelab.networks.sizes import expected_seconds, facts, work
from vaelab.runs import Run, RunDamaged
from vaelab.runs.summary import summarise
from vaelab.teaching.baselines import Example, usual_of
from vaelab.ui.session import chosen_run, engine, history, own_runs, parameter, store, visit
from vaelab.ui.session.recipe_link import names_recipe
from vaelab.words import counted, duration, durations

BUSY = 4.0
"""Ratio of the time that a run took to the one expected, from which the machine was busy or is a slow one."""

ALIKE = 10.0
"""Largest ratio of the work of two runs' epochs at which the speed of one predicts that of the other."""


def shown_run(preset: str) -> Run | None:
    """The run to show: the chosen or the newest own one, else the finished example of the preset.

    A run of a sweep, and one of twins, is shown only if it is chosen. The example that the address names is
    shown until the visitor chooses something else. After the choice of a preset its example is shown, unless
    a run is active. None if no run can be read.
    """
    chosen = chosen_run()
    if chosen and chosen.shipped and chosen.id == parameter("run") and not visit().example:
        return chosen
    own = _own_run()
    if own and (own.status().active or not visit().example):
        return own
    shipped = {run.id: run for run in store().shipped_runs()}
    wanted = (shipped[name] for name in (preset, FIRST_PRESET) if name in shipped)
    return next(filter(_is_whole, wanted), None)


def recipe_of_shown(*, arrives: bool) -> RunConfig | None:
    """The recipe that the form takes from the run on the page, where a new address names none.

    Parameters
    ----------
    arrives
        Whether the visit begins: then the form takes the recipe of the visitor's newest run, too.
    """
    if names_recipe():
        return None
    run = chosen_run() if parameter("run") else _own_run() if arrives else None
    return run.config if run else None


def _own_run() -> Run | None:
    chosen = chosen_run()
    if chosen and not chosen.shipped:
        return chosen
    return next((run for run in own_runs() if _is_whole(run) and not run.meta.kind), None)


def _is_whole(run: Run) -> bool:
    try:
        run.check()
    except RunDamaged:
        return False
    return True


def measured_speed(config: RunConfig, threads: int) -> float | None:
    """Multiplications per second on this many threads, measured at the newest similar run of the visitor.

    Similar runs have the same architecture and precision, and epochs of about as much work: small networks
    and few images leave the processor idle. The speed is taken as proportional to the threads. None if no run
    is similar.
    """
    wanted = _work_of_an_epoch(config)
    for run in filter(_is_whole, own_runs()):
        earlier, status = run.config, run.status()
        if (earlier.architecture, earlier.precision) != (config.architecture, config.precision):
            continue
        if status.epoch < 1 or not 1 / ALIKE < _work_of_an_epoch(earlier) / wanted < ALIKE:
            continue
        if seconds := history(run).evaluated.last.get("seconds"):
            return status.epoch * _work_of_an_epoch(earlier) / seconds * threads / max(1, status.threads)
    return None


def _work_of_an_epoch(config: RunConfig) -> float:
    return work(config, DATASETS[config.dataset]) / config.epochs


@lru_cache(maxsize=64)
def usual_end(config: RunConfig) -> Example | None:
    """The finished example that shows where a recipe usually ends, if there is one."""
    return usual_of(config, _finished_examples())


@cache
def _finished_examples() -> tuple[Example, ...]:
    """Recipe and test losses of every finished example; they never change."""
    whole = filter(_is_whole, store().shipped_runs())
    return tuple(Example(run.config, summarise(run).losses) for run in whole)


def usual_objective(preset: str) -> float | None:
    """Training objective of the last epoch of a preset's finished example, nats per image."""
    example = next((run for run in store().shipped_runs() if run.id == preset), None)
    return history(example).evaluated.last.get("train_objective") if example else None


def before_the_start(config: RunConfig, spec: DatasetSpec) -> str:
    """Parameters, compression, steps and expected time of a recipe, in one line."""
    size = facts(config, spec)
    steps, numbers = counted(size.steps_per_epoch, "step"), counted(config.latent_dim, "number")
    return (
        f"{size.parameters:,} parameters · {size.numbers:,} {spec.kind.element} values → {numbers} "
        f"({size.example_bytes:,} bytes → {size.code_bytes:,} bytes) · {steps} an epoch · "
        f"{expected_time(config, spec)}"
    )


def expected_time(config: RunConfig, spec: DatasetSpec) -> str:
    """How long a recipe takes in all, and where that is known from.

    A run may have been slow because the machine was busy, which is no forecast of the next one.
    """
    speed = measured_speed(config, engine().threads)
    guess = expected_seconds(config, spec)
    if speed is None:
        return f"{duration(guess)} in all (a guess until a first run)"
    seconds = expected_seconds(config, spec, speed)
    if seconds > BUSY * guess:
        return f"{durations(guess, seconds)} in all (the latter if it is as slow as your last run)"
    return f"{duration(seconds)} in all (as your last run went)"
