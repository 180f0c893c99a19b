"""A step of a listing, made of a template and of what a recipe needs of it.

A template has a line of code behind each bar, and in front of it when the line is there:

    follow !gd @error |     mse = {error}

`follow` and `gd` are conditions, of a recipe or of the values that fill the braces; one behind a `!` must
not hold. A name behind an `@` is that of the line, for whoever shows it alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vaelab.config.run_config import RunConfig


@dataclass(frozen=True)
class Section:
    """One step of a listing: a heading, Markdown for a notebook, and code for both forms."""

    title: str
    words: str
    code: str
    named: dict[str, str]
    """Lines of the code by their names."""


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


CONDITIONS: dict[str, Callable[[RunConfig], bool]] = {
    "kl": lambda config: config.traits.has_kl,
    "draws": lambda config: config.traits.is_stochastic,
    "gauss": lambda config: config.term.has_sigma,
    "corrupt": corrupts,
    "warm": warms_up,
    "follow": learns_sigma,
    "weigh": weighs_kl,
    "gd": lambda config: config.optimizer == "gd",
    "cycle": lambda config: config.lr_schedule == "one-cycle",
    "stop": lambda config: config.stop_loss is not None,
    "bf16": lambda config: config.precision == "bf16",
}
"""Conditions of the lines of all templates."""


def section(title: str, words: str, template: str, config: RunConfig, /, **values: object) -> Section:
    """A section whose template is filled with the fields of a config and with further values."""
    known = config.model_dump() | values
    holds = known | {name: condition(config) for name, condition in CONDITIONS.items()}
    code: list[str] = []
    named: dict[str, str] = {}
    for row in template.strip("\n").splitlines():
        when, _, text = row.partition("|")
        marks = when.split()
        names = [mark[1:] for mark in marks if mark[0] == "@"]
        if all(bool(holds[mark.lstrip("!")]) != (mark[0] == "!") for mark in marks if mark[0] != "@"):
            code.append(text[1:].format(**known))
            named |= dict.fromkeys(names, code[-1])
    return Section(title, words, "\n".join(code), named)
