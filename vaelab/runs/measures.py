"""What a finished run is worth: every measure described once, and a run's values as its folder keeps them.

The values are computed by `vaelab.analysis.measure` and stand in `measures.json`. Nothing here needs PyTorch.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Literal

from vaelab.config.comparable import by_dataset, by_scale
from vaelab.config.run_config import RunConfig
from vaelab.files import write_json
from vaelab.runs.life import State
from vaelab.runs.records import checked
from vaelab.runs.run import Run

FILE = "measures.json"

VERSION = 1
"""Of what the measures mean; values of another version are taken anew."""

MEASURED: frozenset[State] = frozenset({"finished", "stopped", "diverged"})
"""States of a run that can be measured: in all others its weights will change, or are not of its step."""

NLL_SAMPLES, NLL_IMAGES = 100, 1000
"""Codes an image, and first test images, of the bound on the NLL: a second for a small network."""

NEIGHBOURS = 5

PROBED_IMAGES = 10_000
"""Training images whose codes neighbours and probe know: the same for every run of a data set."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The description of one measure."""

    name: str
    label: str
    unit: str
    meaning: str
    """One sentence."""
    better: Literal["lower", "higher", "neither"]
    of_ae: bool = True
    """Whether an AE has it."""
    across_likelihoods: bool = False
    """Whether runs can be compared on it that differ in `reconstruction` or `sigma`."""


@dataclass(frozen=True, kw_only=True)
class Measures:
    """The measures of a run on the test images; what is not defined for it is None."""

    version: int = VERSION
    step: int
    """Of the weights that were measured."""
    problem: str = ""
    """Why they could not be measured, a sentence; every value is then None."""
    neg_elbo: float | None = None
    recon: float | None = None
    kl: float | None = None
    nll: float | None = None
    nll_gap: float | None = None
    active_units: int | None = None
    kl_per_dim: tuple[float, ...] | None = None
    mse: float | None = None
    pca_mse: float | None = None
    neighbour_accuracy: float | None = None
    probe_accuracy: float | None = None


_ALL = (
    Measure(
        name="neg_elbo", label="Negative ELBO", unit="nats per image", better="lower", of_ae=False,
        meaning="Reconstruction term plus KL, whatever beta the run was trained with: the number to compare "
        "VAEs by.",
    ),
    Measure(
        name="recon", label="Reconstruction term", unit="nats per image", better="lower",
        meaning="How far reconstructions are from their images, at one code drawn for each: an AE's codes "
        "are without that noise.",
    ),
    Measure(
        name="kl", label="KL", unit="nats per image", better="neither", of_ae=False,
        meaning="How much a code says of its image, as the distance of its posterior from the prior.",
    ),
    Measure(
        name="nll", label="Bound on the NLL", unit="nats per image", better="lower", of_ae=False,
        meaning=f"What the negative log-likelihood is at most, from {NLL_SAMPLES} weighted codes of each of "
        f"the first {NLL_IMAGES:,} test images: nearer to the truth than the negative ELBO.",
    ),
    Measure(
        name="nll_gap", label="What the bound gains", unit="nats per image", better="neither", of_ae=False,
        meaning=f"Negative ELBO minus the bound on the NLL, both of the same {NLL_IMAGES:,} images: how much "
        "is lost by posteriors that do not fit the decoder.",
    ),
    Measure(
        name="active_units", label="Active units", unit="dimensions", better="neither", of_ae=False,
        meaning="Latent dimensions whose mean varies from image to image; the others are not used.",
    ),
    Measure(
        name="kl_per_dim", label="KL of each dimension", unit="nats per image", better="neither", of_ae=False,
        meaning="How much each latent dimension says of an image; near 0 it is not used.",
    ),
    Measure(
        name="mse", label="Squared error", unit="per pixel", better="lower", across_likelihoods=True,
        meaning="Of reconstructions at the posterior mean, for pixels from 0 to 1.",
    ),
    Measure(
        name="pca_mse", label="Squared error of PCA", unit="per pixel", better="neither",
        across_likelihoods=True,
        meaning="What the best linear code of as many numbers makes of the same images: with few of them a "
        "network gets below it, with hundreds hardly any does.",
    ),
    Measure(
        name="neighbour_accuracy", label="Nearest neighbours", unit="% of test images", better="higher",
        across_likelihoods=True,
        meaning=f"How often the {NEIGHBOURS} nearest codes of {PROBED_IMAGES:,} training images tell the "
        "class of a test image.",
    ),
    Measure(
        name="probe_accuracy", label="Linear probe", unit="% of test images", better="higher",
        across_likelihoods=True,
        meaning=f"How often logistic regression on codes, fitted to {PROBED_IMAGES:,} training images, tells "
        "the class of a test image.",
    ),
)  # fmt: skip

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
"""The description of every measure by its name, a field of `Measures`."""

NOT_OF_AE = "not defined for an AE: it has no prior and no distribution of codes"

UNNORMALISED = (
    "Grey pixels are no draws of a Bernoulli distribution: with cross-entropy, ELBO and NLL are those of an "
    "unnormalised likelihood (Loaiza-Ganem and Cunningham 2019). They compare such runs with each other, and "
    "with nothing else."
)
"""For every page that shows a negative ELBO or NLL of a run with bce; no data set here is black and white."""


def read_measures(run: Run) -> Measures | None:
    """The measures of a run's present weights; None if they have not been taken, or cannot be read.

    Raises
    ------
    RunDamaged
        If the run's config or status cannot be read.
    """
    step, config = run.status().step, run.config
    try:
        values = json.loads((run.path / FILE).read_text(encoding="utf-8"))
        measures = checked(Measures, values)
    except (OSError, ValueError, RecursionError):
        return None
    fresh = measures.version == VERSION and measures.step == step
    return measures if fresh and _is_sane(measures, config) else None


def write_measures(run: Run, measures: Measures) -> None:
    """Keep measures with their run; raises OSError."""
    write_json(run.path / FILE, asdict(measures))


def _is_sane(measures: Measures, config: RunConfig) -> bool:
    """Whether they can be those of a run of this config: pages compute and draw with them."""
    values = {name: getattr(measures, name) for name in MEASURES}
    if measures.problem:
        return len(measures.problem) <= 500 and set(values.values()) == {None}
    defined = all((value is not None) == is_defined(name, config) for name, value in values.items())
    shares = (measures.neighbour_accuracy, measures.probe_accuracy)
    return (
        defined
        and all(map(math.isfinite, _numbers(values.values())))
        and all(share is not None and 0 <= share <= 1 for share in shares)
        and (measures.kl_per_dim is None or len(measures.kl_per_dim) == config.latent_dim)
        and (measures.active_units is None or 0 <= measures.active_units <= config.latent_dim)
    )


def _numbers(values: Iterable[Any]) -> Iterable[float]:
    for value in values:
        if isinstance(value, tuple):
            yield from value
        elif value is not None:
            yield value


def is_defined(name: str, config: RunConfig) -> bool:
    """Whether a run of this config has the measure: an AE has no KL, and what is made of it."""
    return MEASURES[name].of_ae or config.traits.has_kl


def comparable(configs: Iterable[RunConfig]) -> tuple[str, ...]:
    """Names of the measures on which runs of these configs can be compared with each other.

    Among runs of one data set, one reconstruction term and one sigma on all; if these two differ, the
    nats are of different likelihoods, and only squared errors and accuracies can be compared; among
    runs of different data sets nothing can. What an AE has not is None in its measures, and enters
    no comparison.
    """
    listed = list(configs)
    if len({config.dataset for config in listed}) > 1:
        return ()
    one_scale = len(by_scale(listed)) <= 1
    return tuple(name for name, m in MEASURES.items() if one_scale or m.across_likelihoods)


def best(name: str, configs: Sequence[RunConfig], measured: Sequence[Measures | None]) -> frozenset[int]:
    """Which of several runs, by their place, have the best value of a measure.

    Each is the best of those that can be compared with it: of its data set, and where the measure is in
    nats of its reconstruction term and sigma. None if the measure has no better and worse, or fewer
    than two of them have a value.
    """
    measure = MEASURES[name]
    groups = by_dataset(configs) if measure.across_likelihoods else by_scale(configs)
    found: set[int] = set()
    for places in groups:
        values = {
            place: value
            for place in places
            if (known := measured[place]) is not None and (value := getattr(known, name)) is not None
        }
        if measure.better == "neither" or len(values) < 2:
            continue
        leader = min(values.values()) if measure.better == "lower" else max(values.values())
        found |= {place for place, value in values.items() if value == leader}
    return frozenset(found)


def in_words(name: str, value: Any) -> str:
    """A value of a measure without its unit, as tables show it."""
    if isinstance(value, tuple):
        return _list_in_words(value)
    if name.endswith("_accuracy"):
        return f"{100 * value:.1f}"
    if isinstance(value, int):
        return str(value)
    return f"{value:.4f}" if name.endswith("mse") else f"{value:.2f}"


SHOWN_DIMENSIONS = 6
"""As many values of dimensions fit a line of a table; of more, the range and the median are said."""


def _list_in_words(values: Sequence[float]) -> str:
    ordered = sorted(values)
    if len(ordered) <= SHOWN_DIMENSIONS:
        return " · ".join(f"{value:.2f}" for value in values)
    return f"{ordered[0]:.2f} to {ordered[-1]:.2f}, median {median(ordered):.2f}"
