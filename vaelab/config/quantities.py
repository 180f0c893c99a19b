"""What can be measured of a model, each described once: losses of training and measures of a finished run.

Charts, tables, sweeps, hints, the command line and CSV files ask here for a quantity's name, unit and digits.
The name is at the same time the field of the events (`vaelab.events`), the key in a run's `measures.json`,
the column of a CSV file and a term of the glossary. A new measure is one row here, and the function that
computes it in `vaelab.analysis.measure`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal, TypeVar

from vaelab.config.comparable import by_dataset, by_scale
from vaelab.config.run_config import RunConfig
from vaelab.config.traits import ModelTraits
from vaelab.words import capitalized

NLL_SAMPLES, NLL_IMAGES = 100, 1000
"""Codes an image, and first test images, of the bound on the NLL: a second for a small network."""

NEIGHBOURS = 5

PROBED_IMAGES = 10_000
"""Training images whose codes neighbours and probe know: the same for every run of a data set."""

SHOWN_DIMENSIONS = 6
"""As many values of dimensions fit a line of a table; of more, the range and the median are said."""

Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """The description of one quantity.

    Parameters
    ----------
    label: what it is called within a sentence.
    short: what heads a narrow column; the label if there is no shorter one.
    digits: after the point, of the value of one run.
    mean_digits: after the point, of a mean over runs; as many as `digits` if not given.
    taken: when it is known: at training steps alone, at every evaluation, or at the end of a run.
    form: a number; a share from 0 to 1, shown in percent; a count of latent dimensions; a number for each of
        them.
    parts: names of the losses that it is the sum of, if it is one.
    needs: the trait of a model without which it is not defined (see `vaelab.config.traits`), if there is one.
    across_likelihoods: whether runs compare on it that differ in `reconstruction` or `sigma`.
    meaning: one sentence.
    """

    name: str
    label: str
    short: str = ""
    unit: str
    digits: int
    mean_digits: int | None = None
    better: Literal["lower", "higher", "neither"]
    taken: Literal["step", "evaluation", "end"] = "end"
    form: Literal["number", "share", "count", "per dimension"] = "number"
    parts: tuple[str, ...] = ()
    needs: str = ""
    across_likelihoods: bool = False
    meaning: str

    @property
    def title(self) -> str:
        """The label at the start of a line."""
        return capitalized(self.label)

    @property
    def head(self) -> str:
        """What heads a narrow column."""
        return self.short or self.title

    def is_defined(self, config: RunConfig) -> bool:
        """Whether a run of this config has it."""
        return not self.needs or bool(getattr(config.traits, self.needs))

    def of(self, fields: Mapping[str, Any], prefix: str = "") -> Any:
        """The value in the fields of an event, or of each event in columns; None where a part is missing.

        Parameters
        ----------
        prefix: of the names, such as `held_out_`.
        """
        parts: list[Any] = [fields.get(f"{prefix}{name}") for name in self.parts or (self.name,)]
        return None if any(part is None for part in parts) else sum(parts)

    def in_words(self, value: Any) -> str:
        """The value of one run, without its unit."""
        if self.form == "per dimension":
            ordered = sorted(value)
            if len(ordered) <= SHOWN_DIMENSIONS:
                return " · ".join(f"{each:.{self.digits}f}" for each in value)
            low, middle, high = (f"{x:.{self.digits}f}" for x in (ordered[0], median(ordered), ordered[-1]))
            return f"{low} to {high}, median {middle}"
        return f"{100 * value if self.form == 'share' else value:.{self.digits}f}"

    def mean_in_words(self, value: float) -> str:
        """A mean over runs, without its unit."""
        return f"{value:z.{self.digits if self.mean_digits is None else self.mean_digits}f}"

    def with_unit(self, mean: float) -> str:
        """A mean over runs, with its unit."""
        return f"{self.mean_in_words(mean)} {self.unit}"

    def best(self, values: Mapping[Place, float | None]) -> frozenset[Place]:
        """Who has the best of the values that are there; nobody if it has no better and worse."""
        known = {place: value for place, value in values.items() if value is not None and value == value}
        if self.better == "neither" or not known:
            return frozenset()
        leader = min(known.values()) if self.better == "lower" else max(known.values())
        return frozenset(place for place, value in known.items() if value == leader)


_ROWS = (
    Quantity(
        name="objective", label="objective", unit="nats per image", digits=2, better="lower", taken="step",
        meaning="What is minimised: the reconstruction term plus beta times the KL.",
    ),
    Quantity(
        name="neg_elbo", label="negative ELBO", unit="nats per image", digits=2, mean_digits=1,
        better="lower", taken="evaluation", parts=("recon", "kl"), needs="has_elbo",
        meaning="Reconstruction term plus KL, whatever beta the run was trained with: the number to compare "
        "VAEs by.",
    ),
    Quantity(
        name="recon", label="reconstruction", short="Recon.", unit="nats per image", digits=2, mean_digits=1,
        better="lower", taken="evaluation",
        meaning="How far reconstructions are from their images, at one code drawn for each: an AE's codes "
        "are without that noise.",
    ),
    Quantity(
        name="kl", label="KL", unit="nats per image", digits=2, better="neither", taken="evaluation",
        needs="has_kl",
        meaning="How much a code says of its image, as the distance of its posterior from the prior.",
    ),
    Quantity(
        name="nll", label="bound on the NLL", unit="nats per image", digits=2, better="lower",
        needs="has_elbo",
        meaning=f"What the negative log-likelihood is at most, from {NLL_SAMPLES} weighted codes of each of "
        f"the first {NLL_IMAGES:,} test images: nearer to the truth than the negative ELBO.",
    ),
    Quantity(
        name="nll_gap", label="what the bound gains", unit="nats per image", digits=2, better="neither",
        needs="has_elbo",
        meaning=f"Negative ELBO minus the bound on the NLL, both of the same {NLL_IMAGES:,} images: how much "
        "is lost by posteriors that do not fit the decoder.",
    ),
    Quantity(
        name="active_units", label="active units", unit="dimensions", digits=0, better="neither",
        form="count", needs="is_stochastic",
        meaning="Latent dimensions whose mean varies from image to image; the others are not used.",
    ),
    Quantity(
        name="kl_per_dim", label="KL of each dimension", unit="nats per image", digits=2, better="neither",
        form="per dimension", needs="has_kl",
        meaning="How much each latent dimension says of an image; near 0 it is not used.",
    ),
    Quantity(
        name="mse", label="squared error", short="MSE", unit="per pixel", digits=4, better="lower",
        taken="evaluation", across_likelihoods=True,
        meaning="Of reconstructions at the posterior mean, for pixels from 0 to 1.",
    ),
    Quantity(
        name="pca_mse", label="squared error of PCA", unit="per pixel", digits=4, better="neither",
        across_likelihoods=True,
        meaning="What the best linear code of as many numbers makes of the same images: with few of them a "
        "network gets below it, with hundreds hardly any does.",
    ),
    Quantity(
        name="neighbour_accuracy", label="nearest neighbours", unit="% of test images", digits=1,
        better="higher", form="share", across_likelihoods=True,
        meaning=f"How often the {NEIGHBOURS} nearest codes of {PROBED_IMAGES:,} training images tell the "
        "class of a test image.",
    ),
    Quantity(
        name="probe_accuracy", label="linear probe", unit="% of test images", digits=1, better="higher",
        form="share", across_likelihoods=True,
        meaning=f"How often logistic regression on codes, fitted to {PROBED_IMAGES:,} training images, tells "
        "the class of a test image.",
    ),
)  # fmt: skip

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _ROWS}
"""The description of every quantity by its name."""

UNNORMALISED = (
    "Grey pixels are no draws of a Bernoulli distribution: with cross-entropy, ELBO and NLL are those of an "
    "unnormalised likelihood (Loaiza-Ganem and Cunningham 2019). They compare such runs with each other, and "
    "with nothing else."
)
"""For every page that shows a negative ELBO or NLL of a run with bce; no data set here is black and white."""


def undefined_in_words(traits: ModelTraits) -> str:
    """Which quantities a kind of model does not have, and why: a sentence; empty if it has all."""
    missing = [] if traits.has_kl else ["KL"]
    missing += [] if traits.has_elbo else ["ELBO", "NLL"]
    missing += [] if traits.is_stochastic else ["active units"]
    if not missing:
        return ""
    *others, last = missing
    named = f"{', '.join(others)} and {last}" if others else last
    reasons = {"prior": traits.has_prior, "distribution of codes": traits.is_stochastic}
    why = " and ".join(f"no {what}" for what, is_there in reasons.items() if not is_there)
    return capitalized(f"{named} are not defined for {traits.phrase}{f': it has {why}' if why else ''}.")


def losses() -> dict[str, Quantity]:
    """Quantities that every evaluation has, on held-out and on test images."""
    return {name: quantity for name, quantity in QUANTITIES.items() if quantity.taken == "evaluation"}


def measures() -> dict[str, Quantity]:
    """Quantities that say what a finished run is worth: all but those of training steps alone."""
    return {name: quantity for name, quantity in QUANTITIES.items() if quantity.taken != "step"}


Losses = dict[str, float]
"""The losses of a model on some images, by name; those that are not defined for it are left out."""


def losses_of(fields: Mapping[str, Any], config: RunConfig, prefix: str = "") -> Losses:
    """The losses of a run of a config in the fields of an `Evaluated` event.

    Parameters
    ----------
    prefix: `held_out_` for those on held-out training images.
    """
    defined = {name: loss for name, loss in losses().items() if loss.is_defined(config)}
    return {name: value for name, loss in defined.items() if (value := loss.of(fields, prefix)) is not None}


def comparable(configs: Iterable[RunConfig]) -> tuple[str, ...]:
    """Names of the measures on which runs of these configs can be compared with each other.

    Among runs of one data set, one reconstruction term and one sigma on all; if these two differ, the
    nats are of different likelihoods, and only squared errors and accuracies can be compared; among
    runs of different data sets nothing can. What an AE has not is None in its measures, and enters
    no comparison.
    """
    listed = list(configs)
    if len(by_dataset(listed)) > 1:
        return ()
    one_scale = len(by_scale(listed)) <= 1
    return tuple(name for name, each in measures().items() if one_scale or each.across_likelihoods)


def best(name: str, configs: Sequence[RunConfig], values: Sequence[float | None]) -> frozenset[int]:
    """Which of several runs, by their place, have the best value of a measure.

    Each is the best of those that can be compared with it: of its data set, and where the measure is in
    nats of its reconstruction term and sigma. None if the measure has no better and worse, or fewer
    than two of them have a value.
    """
    quantity, found = QUANTITIES[name], set[int]()
    for places in by_dataset(configs) if quantity.across_likelihoods else by_scale(configs):
        known = {place: values[place] for place in places if values[place] is not None}
        if len(known) > 1:
            found |= quantity.best(known)
    return frozenset(found)
