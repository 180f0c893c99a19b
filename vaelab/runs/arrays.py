"""The array files of a run's folder: training writes them, and pages and analyses read them.

Checkpoints are safetensors, snapshots and previews npz; nothing is pickled.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.events import Arrays, Checkpoint, Preview, Snapshot
from vaelab.files import write_whole
from vaelab.networks.cells import forward_shapes
from vaelab.networks.portable import decoder_file
from vaelab.runs.eight_bits import LARGEST, from_eight_bits, to_eight_bits
from vaelab.runs.errors import RunDamaged
from vaelab.runs.records import LARGEST_NUMBER
from vaelab.runs.run import Run

LIVE_DECODER = "live-decoder.safetensors"
"""File of the newest preview's decoder, which is there only while the run trains."""

FORWARD = "forward."
"""What precedes the names of forward passes in the file of a preview."""

MOST_BYTES = 25_000_000
"""Largest size of all snapshots of a run together, unless they are `FEWEST`."""

FEWEST = 6
"""Number of snapshots that are kept however large they are: fewer show no development."""

SNAPSHOT_VERSION = 2
"""Version of the form in which snapshots are written; those of version 1 do not say theirs."""

READERS: dict[int, Callable[[Mapping[str, np.ndarray]], Arrays]] = {1: dict, 2: from_eight_bits}
"""What makes a snapshot's arrays of those in its file, by its version: 16 bits a number, or eight."""

Sync = Callable[[Path], None]


def save_checkpoint(run: Run, event: Checkpoint, sync: Sync | None = None) -> None:
    """Write `model.safetensors` and `resume.safetensors`, each as `write_whole` does; raises OSError."""
    _save_safetensors(run.path / "model.safetensors", event.model, {}, sync)
    both = {f"model.{name}": array for name, array in event.model.items()}
    both |= {f"resume.{name}": array for name, array in event.resume.items()}
    metadata = {"step": str(event.step), "epoch": repr(event.epoch)}
    _save_safetensors(run.path / "resume.safetensors", both, metadata, sync)


def read_checkpoint(run: Run) -> Checkpoint | None:
    """The last checkpoint, or None; raises RunDamaged."""
    path = run.path / "resume.safetensors"
    if not path.exists():
        return None
    arrays, metadata = _read_safetensors(run, path)
    parts: dict[str, Arrays] = {"model": {}, "resume": {}}
    for key, array in arrays.items():
        part, _, name = key.partition(".")
        parts.setdefault(part, {})[name] = array
    try:
        step, epoch = int(metadata["step"]), float(metadata["epoch"])
        if not 0 <= step <= LARGEST_NUMBER or not 0 <= epoch <= LARGEST_NUMBER:
            raise ValueError("out of bounds")
    except (KeyError, ValueError) as error:
        raise RunDamaged(f"Run {run.id} has a {path.name} that does not say its step.") from error
    return Checkpoint(step=step, epoch=epoch, model=parts["model"], resume=parts["resume"])


def read_weights(run: Run) -> Arrays:
    """The model's weights by name; raises RunDamaged."""
    return _read_safetensors(run, run.path / "model.safetensors")[0]


def _save_safetensors(path: Path, arrays: Arrays, metadata: dict[str, str], sync: Sync | None) -> None:
    # `save_file` is no use: on a full disk it raises no OSError, and its files are for their owner only.
    write_whole(path, lambda draft: draft.write_bytes(save(arrays, metadata)), sync)


def _read_safetensors(run: Run, path: Path) -> tuple[Arrays, dict[str, str]]:
    try:
        with safe_open(path, "numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    # The last three errors come from a type of numbers that numpy lacks.
    except (OSError, SafetensorError, TypeError, KeyError, AttributeError) as error:
        raise RunDamaged(f"Run {run.id} has no readable {path.name}: {error}") from error


def save_snapshot(run: Run, event: Snapshot) -> None:
    """Write `snapshots/<step>.npz`."""
    _save_npz(run.snapshot_file(event.step), snapshot_arrays(event))


def snapshot_arrays(event: Snapshot, largest: int = LARGEST) -> dict[str, Any]:
    """What the file of a snapshot has: decoder and codes in eight bits a number, and the rest as it is.

    Parameters
    ----------
    largest
        Largest whole number of the decoder; a smaller one is coarser, and takes less room once compressed.
    """
    values = _values(event)
    codes = to_eight_bits({name: values.pop(name) for name in ("mean", "logvar") if name in values})
    return {"version": SNAPSHOT_VERSION, **values, **codes, **to_eight_bits(event.decoder, largest)}


def read_snapshot(run: Run, step: int) -> Snapshot:
    """The snapshot of a step, in whatever version it was written; raises RunDamaged."""
    with _read_npz(run, run.snapshot_file(step)) as file:
        version = int(file["version"]) if "version" in file else 1
        if version not in READERS:
            known = " and ".join(map(str, READERS))
            raise ValueError(f"it is a snapshot of version {version}, and this program reads {known}")
        arrays = READERS[version](dict(file))
        return Snapshot(
            step=int(arrays["step"]),
            epoch=float(arrays["epoch"]),
            decoder={name: array for name, array in arrays.items() if name.startswith("decoder.")},
            mean=arrays["mean"],
            logvar=arrays.get("logvar"),
            reconstructions=arrays["reconstructions"],
        )


def drop_snapshots_after(run: Run, step: int) -> None:
    """Remove the snapshots of later steps, which a resumed training will make again."""
    for later in run.snapshot_steps():
        if later > step:
            run.snapshot_file(later).unlink()


def save_preview(run: Run, event: Preview) -> None:
    """Overwrite `preview.npz` and, for browsers that decode, `live-decoder.safetensors`."""
    forward = {f"{FORWARD}{name}": array for name, array in event.forward.items()}
    _save_npz(run.path / "preview.npz", _values(event) | forward)
    if event.decoder:
        content = decoder_file(run.config, event.reconstructions.shape[1:], event.decoder)
        write_whole(run.path / LIVE_DECODER, lambda draft: draft.write_bytes(content))


def read_live_decoder(run: Run) -> bytes | None:
    """The decoder of the newest preview, as `decoder_file` makes it; None after training."""
    path = run.path / LIVE_DECODER
    return path.read_bytes() if path.exists() else None


def drop_live_decoder(run: Run) -> None:
    """Remove the decoder of the newest preview, which is not needed after training."""
    (run.path / LIVE_DECODER).unlink(missing_ok=True)


def read_preview(run: Run) -> Preview | None:
    """The newest preview; None if there is none yet. Raises RunDamaged."""
    path = run.path / "preview.npz"
    if not path.exists():
        return None
    with _read_npz(run, path) as file:
        preview = Preview(
            step=int(file["step"]),
            epoch=float(file["epoch"]),
            images_per_second=float(file["images_per_second"]),
            mean=file["mean"],
            reconstructions=file["reconstructions"],
            samples=file["samples"] if "samples" in file.files else None,
            forward={key.removeprefix(FORWARD): file[key] for key in file.files if key.startswith(FORWARD)},
        )
        if not _fits(preview, run.config):
            raise ValueError("it is of another config")
        return preview


def _fits(preview: Preview, config: RunConfig) -> bool:
    """Whether a preview has the shapes that fit a config; the number of images may differ."""
    spec, mean = DATASETS[config.dataset], preview.mean
    decoded = [preview.reconstructions, *([] if preview.samples is None else [preview.samples])]
    return (
        mean.shape[1:] == (config.latent_dim,)
        and 0 < len(mean) <= spec.test_images
        and np.issubdtype(mean.dtype, np.floating)
        and 0 <= preview.step <= LARGEST_NUMBER
        and 0 <= preview.epoch <= config.epochs
        and all(
            len(examples) and examples.shape[1:] == spec.shape and examples.dtype == spec.kind.dtype
            for examples in decoded
        )
        and {name: array.shape for name, array in preview.forward.items()}
        in ({}, forward_shapes(config, spec.shape, len(preview.reconstructions)))
        and all(np.issubdtype(array.dtype, np.floating) for array in preview.forward.values())
    )


def _values(event: Snapshot | Preview) -> dict[str, Any]:
    """The fields of an event that are not None and no arrays by name."""
    names = [field.name for field in fields(event) if field.name not in ("decoder", "forward")]
    return {name: getattr(event, name) for name in names if getattr(event, name) is not None}


def _save_npz(path: Path, arrays: dict[str, Any]) -> None:
    def write(draft: Path) -> None:
        with draft.open("wb") as file:  # an open file, because numpy appends .npz to names
            np.savez(file, **arrays)

    write_whole(path, write)


@contextmanager
def _read_npz(run: Run, path: Path) -> Iterator[Any]:
    try:
        with np.load(path, allow_pickle=False) as file:
            yield file
    except Exception as error:  # numpy, zipfile and zlib raise a dozen kinds of errors on damaged files
        raise RunDamaged(f"Run {run.id} has no readable {path.name}: {error}") from error


def thin_snapshots(run: Run, most_bytes: int = MOST_BYTES) -> None:
    """Remove snapshots, evenly and neither the first nor the last, until the rest fit in `most_bytes`.

    The one writer of the folder calls it after each snapshot. Raises OSError.
    """
    sizes = run.snapshot_sizes()
    while len(sizes) > FEWEST and sum(sizes.values()) > most_bytes:
        step = most_crowded(list(sizes))
        run.snapshot_file(step).unlink()
        del sizes[step]


def most_crowded(steps: Sequence[int]) -> int:
    """The inner one of three or more rising steps whose two neighbours are closest to each other.

    Distances are between the square roots of the steps. On this scale early snapshots, each taken after
    four times as many steps as the one before, and the snapshots of later epochs lie about evenly.
    """
    gaps = [sqrt(after) - sqrt(before) for before, after in zip(steps, steps[2:], strict=False)]
    return steps[1 + gaps.index(min(gaps))]
