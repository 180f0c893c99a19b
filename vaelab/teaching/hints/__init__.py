"""Hints: rules over a run's history that find a problem in its curves and suggest what to do about it.

    for hint in find_hints(run.config, history.steps, history.evaluated, history.started, history.finished):
        print(hint.evidence, hint.advice)

Each rule is a pure function of `Evidence`; its thresholds stand in the same module with their reasons.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vaelab.config import RunConfig
from vaelab.events import Columns
from vaelab.teaching.hints import codes, losses
from vaelab.teaching.hints.evidence import Evidence, Hint, evidence_of

__all__ = ["ABOUT", "MOST", "RULES", "Hint", "find_hints"]

MOST = 2
"""Largest number of hints at a time: nobody reads more while curves move."""

RULES: dict[str, Callable[[Evidence], Hint | None]] = {
    "diverging": losses.diverging,
    "few-steps": losses.few_steps,
    "slow": losses.slow,
    "collapse": codes.collapse,
    "stuck": losses.stuck,
    "overfitting": losses.overfitting,
    "beta-too-small": codes.beta_too_small,
    "beta-too-large": codes.beta_too_large,
    "oscillating": losses.oscillating,
    "underfitting": losses.underfitting,
    "far-from-prior": codes.far_from_prior,
    "narrow": codes.narrow,
    "unused-dimensions": codes.unused_dimensions,
    "rising-kl": codes.rising_kl,
}
"""All rules, the most important first."""

ABOUT: dict[str, tuple[str, str]] = {
    "diverging": ("The loss diverges", "divergence"),
    "few-steps": ("Few steps", "batch"),
    "slow": ("Very small learning rate", "learning rate"),
    "collapse": ("Posterior collapse", "posterior collapse"),
    "stuck": ("Nothing learned", "mean image"),
    "overfitting": ("Overfitting", "overfitting"),
    "beta-too-small": ("Beta is very small", "beta"),
    "beta-too-large": ("Beta is very large", "beta"),
    "oscillating": ("The loss oscillates", "learning rate"),
    "underfitting": ("Underfitting", "underfitting"),
    "far-from-prior": ("Codes far from the prior", "aggregate posterior"),
    "narrow": ("A narrow bottleneck", "bottleneck"),
    "unused-dimensions": ("Unused dimensions", "active unit"),
    "rising-kl": ("The KL rises, as it should", "KL divergence"),
}
"""For each rule the title of its hint, and the term of the glossary that explains it."""

_NEEDS_LEARNING = frozenset(RULES) - {"diverging", "few-steps", "slow", "collapse", "stuck", "overfitting"}
SILENCES: dict[str, frozenset[str]] = {
    "diverging": frozenset(RULES) - {"diverging"},
    "few-steps": _NEEDS_LEARNING | {"slow", "collapse", "stuck"},
    "slow": _NEEDS_LEARNING | {"collapse", "stuck"},
    "collapse": _NEEDS_LEARNING | {"stuck"},
    "stuck": _NEEDS_LEARNING,
    "overfitting": frozenset({"underfitting", "narrow", "far-from-prior", "unused-dimensions"}),
    "beta-too-small": frozenset({"underfitting", "far-from-prior", "unused-dimensions"}),
    "beta-too-large": frozenset({"unused-dimensions", "narrow", "underfitting", "oscillating"}),
    "oscillating": frozenset({"underfitting", "narrow", "rising-kl"}),
    "underfitting": frozenset({"narrow", "far-from-prior", "unused-dimensions"}),
}
"""For each hint the hints that it hides: its consequences, and those whose advice contradicts its own."""


def find_hints(
    config: RunConfig,
    steps: Columns,
    evaluated: Columns,
    started: Mapping[str, Any] | None,
    finished: Mapping[str, Any] | None = None,
) -> list[Hint]:
    """The hints that apply to a run's events so far, at most `MOST`, the most important first.

    Parameters
    ----------
    config
        The run's config.
    steps, evaluated, started, finished
        The run's events, as `vaelab.runs.history.History` has them. Missing events are not judged.
    """
    hints: list[Hint] = []
    with np.errstate(all="ignore"):
        evidence = evidence_of(config, steps, evaluated, started, finished)
        if evidence is None:
            return []
        for name, rule in RULES.items():
            hidden = any(name in SILENCES.get(other.rule, ()) for other in hints)
            if not hidden and (hint := rule(evidence)):
                hints.append(hint)
    return hints[:MOST]
