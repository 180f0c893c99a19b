"""The quantities of a model, each described once: losses of training and measures of a finished run.

Charts, tables, sweeps, hints, the command line and CSV files take a quantity's name, unit and digits from
here. The name is at the same time the field of the events (`vaelab.events`), the key in `measures.json`,
the column of a CSV file and a term of the glossary. A new measure is one row here, and the function that
computes it in `vaelab.analysis.measure`.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal, TypeVar

from vaelab.config.run_config import RunConfig
from vaelab.config.traits import ModelTraits
from vaelab.words import capitalized, listed

NLL_SAMPLES, NLL_IMAGES = 100, 1000
"""Number of codes per image, and of test images, for the bound on the NLL: a second for a small network."""

VOTING_NEIGHBOURS = 5
"""Number of nearest codes whose majority tells the class of an image."""

PROBED_IMAGES = 10_000
"""Number of training images that neighbours and probe are fitted to: the same for every run of a data set."""

SHOWN_DIMENSIONS = 6
"""Largest number of dimensions whose values a table lists; for more it has their range and median."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """The description of one quantity.

    Parameters
    ----------
    label: its name within a sentence.
    short: the head of a narrow column; empty if the label is short enough.
    digits: digits after the point of the value of one run.
    mean_digits: digits after the point of a mean over runs; None for as many as `digits`.
    taken: when it is measured: at training steps alone, at every evaluation, or at the end of a run.
    form: a number; a share from 0 to 1, shown in percent; a count of latent dimensions; a number for each of
        them.
    parts: names of the losses whose sum it is; empty if it is no sum.
    needs: the trait of a model without which it is not defined (see `vaelab.config.traits`); empty for none.
    across_likelihoods: whether runs that differ in `reconstruction` or `sigma` can be compared on it.
    meaning: one sentence for the pages.
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
        """The head of a narrow column."""
        return self.short or self.title

    def is_defined(self, config: RunConfig) -> bool:
        """Whether runs of this config have it."""
        return not self.needs or bool(getattr(config.traits, self.needs))

    def of(self, fields: Mapping[str, Any], prefix: str = "") -> Any:
        """The value in the fields of an event, or of each event in columns; None where a part is missing.

        Parameters
        ----------
        prefix: the start of the fields' names, such as `held_out_`.
        """
        parts: list[Any] = [fields.get(f"{prefix}{name}") for name in self.parts or (self.name,)]
        return None if any(part is None for part in parts) else sum(parts)

    def in_words(self, value: Any) -> str:
        """The value of one run, without its unit."""
        if self.form == "per dimension":
            ordered = sorted(value)
            if len(ordered) <= SHOWN_DIMENSIONS:
                return " · ".join(f"{number:z.{self.digits}f}" for number in value)
            low, middle, high = (f"{x:z.{self.digits}f}" for x in (ordered[0], median(ordered), ordered[-1]))
            return f"{low} to {high}, median {middle}"
        return f"{100 * value if self.form == 'share' else value:z.{self.digits}f}"

    def rounded(self, value: float | None) -> float | None:
        """The value of one run with as many digits as are shown, for tables that format it; 0 has no sign."""
        return None if value is None else round(value, self.digits) + 0.0

    def mean_in_words(self, value: float) -> str:
        """A mean over runs, without its unit."""
        return f"{value:z.{self.digits if self.mean_digits is None else self.mean_digits}f}"

    def with_unit(self, mean: float) -> str:
        """A mean over runs, with its unit."""
        return f"{self.mean_in_words(mean)} {self.unit}"

    def best(self, values: Mapping[Key, float | None]) -> frozenset[Key]:
        """Keys of the best values that are neither None nor NaN; none if it has no better and worse."""
        numbers = {key: value for key, value in values.items() if value is not None and value == value}
        if self.better == "neither" or not numbers:
            return frozenset()
        leader = min(numbers.values()) if self.better == "lower" else max(numbers.values())
        return frozenset(key for key, value in numbers.items() if value == leader)


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
        name="mse", label="squared error", unit="per pixel", digits=4, better="lower",
        taken="evaluation", across_likelihoods=True,
        meaning="Of reconstructions at the posterior mean, for pixels from 0 to 1.",
    ),
    Quantity(
        name="pca_mse", label="squared error of PCA", unit="per pixel", digits=4, better="neither",
        across_likelihoods=True,
        meaning="What the best linear code of as many numbers, fitted to as many training images, makes of "
        "the same images: with few of them a network gets below it, with hundreds hardly any does.",
    ),
    Quantity(
        name="neighbour_accuracy", label="nearest neighbours", unit="% of test images", digits=1,
        better="higher", form="share", across_likelihoods=True,
        meaning=f"How often the {VOTING_NEIGHBOURS} nearest codes of {PROBED_IMAGES:,} training images tell "
        "the class of a test image.",
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
"""Sentence for pages that show a negative ELBO or NLL of a run with bce: all data sets have grey pixels."""


def undefined_in_words(traits: ModelTraits) -> str:
    """A sentence about the quantities that are not defined for a kind of model; empty if all are."""
    has_elbo, is_stochastic = traits.has_elbo, traits.is_stochastic
    defined = {"KL": traits.has_kl, "ELBO": has_elbo, "NLL": has_elbo, "active units": is_stochastic}
    missing = [name for name, is_defined in defined.items() if not is_defined]
    if not missing:
        return ""
    reasons = {"prior": traits.has_prior, "distribution of codes": is_stochastic}
    why = " and ".join(f"no {name}" for name, has in reasons.items() if not has)
    reason = f": it has {why}" if why else ""
    return capitalized(f"{listed(missing)} are not defined for {traits.phrase}{reason}.")


def losses() -> dict[str, Quantity]:
    """Quantities that every evaluation has, on held-out and on test images."""
    return {name: quantity for name, quantity in QUANTITIES.items() if quantity.taken == "evaluation"}


def measures() -> dict[str, Quantity]:
    """Quantities that are measured of a finished run: all but those of training steps alone."""
    return {name: quantity for name, quantity in QUANTITIES.items() if quantity.taken != "step"}


Losses = dict[str, float]
"""Losses of a model on some images, by name, without those that are not defined for it."""


def losses_of(fields: Mapping[str, Any], config: RunConfig, prefix: str = "") -> Losses:
    """The losses of a run of a config in the fields of an `Evaluated` event.

    Parameters
    ----------
    prefix: `held_out_` for those on held-out training images.
    """
    defined = {name: loss for name, loss in losses().items() if loss.is_defined(config)}
    return {name: value for name, loss in defined.items() if (value := loss.of(fields, prefix)) is not None}
