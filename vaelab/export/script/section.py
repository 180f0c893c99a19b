"""Sections of a listing, filled from templates with what a recipe needs.

Each row of a template has a line of code after the bar, and before it the conditions for including the line:

    follow !gd @error |     mse = {error}

`follow` and `gd` are conditions of the recipe, or names of values that fill the braces. A condition after `!`
must not hold. A word after `@` names the line, so that a page can show it alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from vaelab.config import RunConfig


@dataclass(frozen=True)
class Section:
    """One step of a listing: a heading, Markdown for a notebook, and code for both forms."""

    title: str
    words: str
    code: str
    named: dict[str, str]
    """The lines of the code that have names, by their names."""


def corrupts(config: RunConfig) -> bool:
    """Whether the network's input differs from the image."""
    return config.corruption != "none" and config.corruption_strength > 0


def warms_up(config: RunConfig) -> bool:
    """Whether the weight of the KL term changes during training."""
    return config.traits.has_kl and config.beta_warmup > 0


def learns_sigma(config: RunConfig) -> bool:
    """Whether sigma follows the reconstruction error during training."""
    return config.term.has_sigma and config.sigma == "auto"


def weighs_kl(config: RunConfig) -> bool:
    """Whether the listing needs beta: a constant weight of 1 is left out."""
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
"""The conditions that lines of templates may name."""


def section(title: str, words: str, template: str, config: RunConfig, /, **values: object) -> Section:
    """A section whose template is filled with the fields of a config and with further values."""
    fields = config.model_dump() | values
    holds = fields | {name: condition(config) for name, condition in CONDITIONS.items()}
    code: list[str] = []
    named: dict[str, str] = {}
    for row in template.strip("\n").splitlines():
        when, _, text = row.partition("|")
        marks = when.split()
        names = [mark[1:] for mark in marks if mark[0] == "@"]
        if all(bool(holds[mark.lstrip("!")]) != (mark[0] == "!") for mark in marks if mark[0] != "@"):
            code.append(text[1:].format(**fields))
            named |= dict.fromkeys(names, code[-1])
    return Section(title, words, "\n".join(code), named)
