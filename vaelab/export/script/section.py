"""A step of a listing, and what a recipe needs of it."""

from __future__ import annotations

from dataclasses import dataclass

from vaelab.config.run_config import RunConfig


@dataclass(frozen=True)
class Section:
    """One step of a listing: a heading, Markdown for a notebook, and code for both forms."""

    title: str
    words: str
    code: str


def corrupts(config: RunConfig) -> bool:
    """Whether the network sees something else than the image."""
    return config.corruption != "none" and config.corruption_strength > 0


def warms_up(config: RunConfig) -> bool:
    """Whether the weight of the KL term changes while training goes on."""
    return config.traits.has_kl and config.beta_warmup > 0


def learns_sigma(config: RunConfig) -> bool:
    """Whether sigma follows the error."""
    return config.term.has_sigma and config.sigma == "auto"


def weighs_kl(config: RunConfig) -> bool:
    """Whether beta is to be seen: a weight of 1 is none."""
    return config.traits.has_kl and (config.beta != 1 or warms_up(config))


def lines(*texts: str | None) -> str:
    """The texts below each other, without those that are None."""
    return "\n".join(text for text in texts if text is not None)
