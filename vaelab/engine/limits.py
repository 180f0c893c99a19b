"""The limits of each visitor and of the server: they admit a new run or refuse it."""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.networks.sizes import expected_seconds, facts
from vaelab.runs import Run, RunDamaged, RunStore
from vaelab.settings import Settings
from vaelab.words import counted, counted_that, duration

logger = logging.getLogger(__name__)

GIGABYTE = 10**9
MILLION = 10**6


class LimitReached(ValueError):
    """There is no room for a run; the text says which limit was reached and what helps."""


@dataclass(frozen=True)
class _Kept:
    """Owner and size of a run, kept until its `stamp` changes: until files come into its folder or go."""

    stamp: tuple[int, ...]
    owner: str | None
    bytes: int


class LimitCheck:
    """Checks new runs against the limits; not safe for several threads.

    Pages ask it at every click on Train, so that it reads a run's files only after a change.
    """

    def __init__(self, store: RunStore, limits: Settings) -> None:
        self._store = store
        self._limits = limits
        self._kept: dict[str, _Kept] = {}

    def admit(self, owner: str, configs: Sequence[RunConfig] = (), *, active: Collection[str] = ()) -> None:
        """Check that there is room for new runs.

        Parameters
        ----------
        owner: the visitor whom they would belong to.
        configs: their configs; empty for one run that is kept without training, such as an imported one.
        active: ids of the runs that wait or train.

        Raises
        ------
        LimitReached
            If there is no room.
        """
        self._look()
        if not self._limits.single_user:
            self._admit_visitor(owner, configs, active)
        self._admit_to_queue(len(configs), active)
        limits, kept = self._limits, len(self._kept)
        if kept + max(1, len(configs)) > limits.server_runs:
            raise LimitReached(
                f"This server keeps {counted(kept, 'run')}, and there can be {limits.server_runs}: "
                "delete some on the page Runs."
            )
        if sum(run.bytes for run in self._kept.values()) >= limits.server_gigabytes * GIGABYTE:
            raise LimitReached(
                f"The runs on this server take the {limits.server_gigabytes} GB that they may take: "
                "delete some on the page Runs."
            )

    def admit_again(self, owner: str, active: Collection[str]) -> None:
        """Check that an existing run may wait to go on; raises LimitReached if not."""
        self._look()
        if not self._limits.single_user:
            self._admit_to_own_queue(owner, 1, active)
        self._admit_to_queue(1, active)

    def _admit_to_queue(self, more: int, active: Collection[str]) -> None:
        if more and len(active) + more > self._limits.server_queued:
            raise LimitReached(
                f"{counted_that(len(active), 'run', 'waits or trains', 'wait or train')} on this server, and "
                "there can be "
                f"{self._limits.server_queued}: try again later."
            )

    def _admit_to_own_queue(self, owner: str, more: int, active: Collection[str]) -> None:
        waiting = sum(1 for run_id in active if run_id in self._kept and self._kept[run_id].owner == owner)
        if more and waiting + more > self._limits.visitor_queued:
            raise LimitReached(
                f"You have {counted_that(waiting, 'run', 'that waits or trains', 'that wait or train')}, and "
                "there can be "
                f"{self._limits.visitor_queued}: wait for one to end, or stop it."
            )

    def _admit_visitor(self, owner: str, configs: Sequence[RunConfig], active: Collection[str]) -> None:
        limits = self._limits
        own = {run_id: run for run_id, run in self._kept.items() if run.owner == owner}
        self._admit_to_own_queue(owner, len(configs), active)
        if len(own) + max(1, len(configs)) > limits.visitor_runs:
            raise LimitReached(
                f"You have {counted(len(own), 'run')}, and there can be {limits.visitor_runs}: "
                "delete some on the page Runs."
            )
        if sum(run.bytes for run in own.values()) >= limits.visitor_gigabytes * GIGABYTE:
            raise LimitReached(
                f"Your runs take the {limits.visitor_gigabytes} GB that they may take: "
                "delete some on the page Runs."
            )
        for config in configs:
            _refuse_large(config, limits)

    def _look(self) -> None:
        """Read the runs that have changed."""
        before, self._kept = self._kept, {}
        for run in self._store.folders():
            with suppress(FileNotFoundError):  # the run was deleted meanwhile
                stamp = _stamp(run.path)
                kept = before.get(run.id)
                if not kept or kept.stamp != stamp:
                    kept = _Kept(stamp, _owner(run), _bytes(run.path))
                self._kept[run.id] = kept


def visitors_at_limit(training: Iterable[Run], most: int) -> set[str]:
    """Visitors who have `most` or more turns in training, where twins are one turn; none if `most` is 0."""
    turns = set()
    for run in training if most else ():
        with suppress(RunDamaged):
            turns.add((run.meta.owner, run.meta.group if run.meta.kind == "twins" else run.id))
    turns_of = Counter(owner for owner, _ in turns)
    return {owner for owner, count in turns_of.items() if count >= most}


def _refuse_large(config: RunConfig, limits: Settings) -> None:
    spec = DATASETS[config.dataset]
    sizes = facts(config, spec)
    for count, most, what in (
        (config.epochs, limits.run_epochs, "epochs"),
        (sizes.train_images, limits.run_images, "training images"),
        (sizes.parameters, limits.run_megaweights * MILLION, "weights"),
    ):
        if count > most:
            raise LimitReached(f"This run has {count:,} {what}, and there can be {most:,} here.")
    # The speed is a guess and not measured: a recipe is allowed however busy the machine is.
    seconds = expected_seconds(config, spec)
    if seconds > 60 * limits.run_minutes:
        raise LimitReached(
            f"This run would train for {duration(seconds)}, and a run may take "
            f"{duration(60 * limits.run_minutes)} here: "
            "choose fewer epochs, fewer training images or a smaller network."
        )


def _stamp(path: Path) -> tuple[int, ...]:
    """Times at which files were last added to a run's two folders, replaced in them or removed."""
    snapshots = path / "snapshots"
    return path.stat().st_mtime_ns, snapshots.stat().st_mtime_ns if snapshots.exists() else 0


def _owner(run: Run) -> str | None:
    try:
        return run.meta.owner
    except RunDamaged as error:  # no visitor sees this run, so the server's log has to tell
        logger.warning("A run has no owner that can be read: %s", error, extra={"run": run.id})
        return None


def _bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # the file was replaced or deleted meanwhile
            total += path.lstat().st_size
    return total
