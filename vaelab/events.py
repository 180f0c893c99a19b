"""The events that `train` yields: small frozen records of numbers, strings and numpy arrays.

All losses are nats per image, summed over pixels and latent dimensions and averaged over images;
`mse` is per pixel, for pixels from 0 to 1. Fields that are not defined for an AE are None.
`seconds` is the time spent training, without pauses, and is the only thing in an event that
differs between two runs of one config.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

Arrays = dict[str, np.ndarray]
Reason = Literal["epochs", "stop_loss", "stopped", "diverged", "released"]
"""Why a training ended."""
Dial = Literal["beta", "learning_rate"]
DIALS: tuple[Dial, ...] = get_args(Dial)
"""Fields of a config that can be changed while it trains."""


@dataclass(frozen=True, kw_only=True)
class Dials:
    """Values that are held while a run trains; where there is None, the config's schedule holds."""

    beta: float | None = None
    learning_rate: float | None = None

    def held(self) -> dict[str, float]:
        """The values that are held, by the name of their field."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the caller wants a running training to do; polled at least every 0.1 s of work."""

    action: Literal["run", "pause", "stop", "release"] = "run"
    """`release` ends the training with a checkpoint to resume from, and so frees its worker."""
    until_epoch: int | None = None
    """Number of complete epochs after which `run` pauses; None to run on."""
    dials: Dials = Dials()
    """What the dials are to be from the next step on."""
    change: int = 0
    """Number of the newest wish for the dials, which the event that answers it repeats."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """The first event, also of a resumed run."""

    train_images: int
    test_images: int
    steps_per_epoch: int
    parameters: int
    threads: int
    precision: str
    device: str
    step: int
    """Steps that the resumed checkpoint had done; 0 for a new run."""
    mean_image_loss: float
    """Test `recon` of a model whose every reconstruction is the mean training image."""
    floor_loss: float | None
    """Test `recon` of perfect reconstructions, below which bce cannot go; None for mse."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Training losses, averaged over the steps since the last `Step`."""

    step: int
    epoch: float
    objective: float
    recon: float
    kl: float | None
    beta: float | None
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A dial was moved; its value holds from the step after this one on."""

    step: int
    epoch: float
    field: Dial
    value: float | None
    """None if the config's schedule holds again."""
    change: int
    """Number of the wish that it answers: `Request.change`."""


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """Losses on the test split: `recon` at one seeded z per image, `mse` at the posterior mean."""

    step: int
    epoch: float
    recon: float
    mse: float
    kl: float | None
    neg_elbo: float | None
    kl_per_dim: list[float] | None
    train_objective: float | None
    """Mean training objective of the epoch so far, which `stop_loss` is compared with; None before step 1."""
    sigma: float | None
    seconds: float
    held_out_recon: float | None = None
    """`recon` of the held-out training images. This field and the next two are None if none are held out."""
    held_out_kl: float | None = None
    held_out_mse: float | None = None
    active_units: int | None = None
    """Latent dimensions whose posterior mean varies over test images (`vaelab.latent.units.active_units`)."""
    aggregate_variance: list[float] | None = None
    """Variance of each dimension over codes drawn for all test images; the prior's is 1."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The decoder, codes and reconstructions of one step, small enough to keep many."""

    step: int
    epoch: float
    decoder: Arrays
    """Decoder weights, float16."""
    mean: np.ndarray
    """(N, latent_dim) float16, codes of the first N test images: of all, unless those would be too large."""
    logvar: np.ndarray | None
    reconstructions: np.ndarray
    """(64, ...) of the first 64 test images, at the posterior mean."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a live view shows. Previews come by the clock, so that equal runs have different ones."""

    step: int
    epoch: float
    images_per_second: float
    mean: np.ndarray
    """(2000, latent_dim) float32, codes of the first test images."""
    reconstructions: np.ndarray
    """(classes, ...), reconstructions of the first test image of each class."""
    samples: np.ndarray | None
    """(16, ...) decoded from fixed draws of the prior; None for an AE."""
    decoder: Arrays = field(default_factory=dict)
    """Decoder weights, float16; empty in a preview that was read from a file."""
    forward: Arrays = field(default_factory=dict)
    """Forward passes of the images of `reconstructions`: codes, losses and cells of hidden layers, as
    `vaelab.models.forward.ForwardPass.values` has them; empty in a preview from before there were any."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """All that is needed to load the model, and to resume its training exactly."""

    step: int
    epoch: float
    model: Arrays
    resume: Arrays = field(default_factory=dict)
    """Optimizer state, random generator states, counters and running sums."""


@dataclass(frozen=True, kw_only=True)
class Paused:
    """Training has paused, after a `Checkpoint`; `Continued` follows when it goes on."""

    step: int
    epoch: float


@dataclass(frozen=True, kw_only=True)
class Continued:
    """Training goes on after a pause."""

    step: int
    epoch: float


@dataclass(frozen=True, kw_only=True)
class Finished:
    """The last event."""

    step: int
    epoch: float
    reason: Reason
    message: str
    seconds: float


Event = Started | Step | Changed | Evaluated | Snapshot | Preview | Checkpoint | Paused | Continued | Finished


def event_name(event: Event) -> str:
    """The event's name in JSON: `Evaluated` is `evaluated`."""
    return type(event).__name__.lower()


def as_json(event: Event) -> dict[str, Any]:
    """The event as JSON values with its name under `event`; arrays are left out."""
    values = {"event": event_name(event), **vars(event)}
    return {name: value for name, value in values.items() if not isinstance(value, (np.ndarray, dict))}


class Columns(Mapping[str, np.ndarray]):
    """N events of one kind as a table: each field is a column, an array (N,) float64.

    A value that is None or not a number is NaN in its column. A field that no event has can still be read, as
    a column of NaN, but iteration leaves it out. `rows` and `last` have the values as they were written.
    """

    def __init__(self, lists: Mapping[str, list[Any]] | None = None) -> None:
        self._lists = dict(lists or {})
        self._arrays: dict[str, np.ndarray] = {}
        self.count = len(next(iter(self._lists.values()), []))

    def extended(self, rows: Sequence[Mapping[str, Any]]) -> Columns:
        """Columns with more events; these do not change, because another thread may be reading them."""
        if not rows:
            return self
        more = Columns()
        more.count = self.count + len(rows)
        for name in dict.fromkeys([*self._lists, *(name for row in rows for name in row)]):
            kept = self._lists.get(name, [None] * self.count)
            # Old and new columns share a list that grows; the old ones read no further than their count.
            more._lists[name] = kept if len(kept) == self.count else kept[: self.count]
            more._lists[name].extend(row.get(name) for row in rows)
        return more

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._arrays:
            self._arrays[name] = _numbers(self._lists.get(name, ())[: self.count], self.count)
        return self._arrays[name]

    def __contains__(self, name: object) -> bool:
        return name in self._lists

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each event."""
        return [{name: values[row] for name, values in self._lists.items()} for row in range(self.count)]

    @property
    def last(self) -> dict[str, Any]:
        """The fields of the last event; empty if there is none."""
        return {name: values[self.count - 1] for name, values in self._lists.items()} if self.count else {}


def _numbers(values: Sequence[Any], count: int) -> np.ndarray:
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        array = np.zeros(0)
    array = array if array.shape == (count,) else np.full(count, np.nan)
    array.flags.writeable = False  # every caller gets the same array
    return array
