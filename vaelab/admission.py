"""Whether there is room for new runs: the limits of a visitor and of the server."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from vaelab.config import RunConfig
from vaelab.datasets import DATASETS
from vaelab.facts import duration, expected_seconds
from vaelab.run_folder import Run, RunDamaged
from vaelab.runs import RunStore
from vaelab.settings import Settings

GIGABYTE = 10**9


class LimitReached(ValueError):
    """There is no room for a run; the text says which limit was reached and what helps."""


def admit(store: RunStore, limits: Settings, owner: str, configs: Sequence[RunConfig] = ()) -> None:
    """Check that there is room for new runs.

    Parameters
    ----------
    owner: the visitor that they would belong to.
    configs: what they would train; empty for one run that is only kept.

    Raises
    ------
    LimitReached
        If there is not.
    """
    runs, new = store.runs(), max(1, len(configs))
    waiting = [run for run in runs if configs and _active(run)]
    if not limits.single_user:
        own = [run for run in runs if _owner(run) == owner]
        own_waiting = [run for run in waiting if run in own]
        if configs and len(own_waiting) + new > limits.visitor_queued:
            raise LimitReached(
                f"You have {len(own_waiting)} runs that wait or train, and there can be "
                f"{limits.visitor_queued}: wait for one to end, or stop it."
            )
        if len(own) + new > limits.visitor_runs:
            raise LimitReached(
                f"You have {len(own)} runs, and there can be {limits.visitor_runs}: "
                "delete some on the page Runs."
            )
        _refuse_long(configs, limits)
    if configs and len(waiting) + new > limits.server_queued:
        raise LimitReached(
            f"{len(waiting)} runs wait or train on this server, and there can be {limits.server_queued}: "
            "try again later."
        )
    if len(runs) + new > limits.server_runs:
        raise LimitReached(
            f"This server keeps {len(runs)} runs, and there can be {limits.server_runs}: "
            "delete some on the page Runs."
        )
    if _bytes(store.root) >= limits.server_gigabytes * GIGABYTE:
        raise LimitReached(
            f"The runs on this server take the {limits.server_gigabytes} GB that they may take: "
            "delete some on the page Runs."
        )


def _refuse_long(configs: Sequence[RunConfig], limits: Settings) -> None:
    # At a guessed speed, so that the same recipe is allowed however busy the machine is.
    longest = max((expected_seconds(config, DATASETS[config.dataset]) for config in configs), default=0.0)
    if longest > 60 * limits.run_minutes:
        raise LimitReached(
            f"This run would train for {duration(longest)}, and a run may take "
            f"{duration(60 * limits.run_minutes)} here: "
            "choose fewer epochs, fewer training images or a smaller network."
        )


def _active(run: Run) -> bool:
    try:
        return run.status().active
    except RunDamaged:
        return False


def _owner(run: Run) -> str | None:
    try:
        return run.meta.owner
    except RunDamaged:
        return None


def _bytes(root: Path) -> int:
    total = 0
    for path in root.rglob("*"):
        with suppress(FileNotFoundError):  # replaced or deleted meanwhile
            total += path.lstat().st_size
    return total
