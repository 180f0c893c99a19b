"""What a run's curves show, and what could be done about it: rules over its history, without PyTorch.

    for hint in find_hints(run.config, said.steps, said.evaluated, said.started, said.finished):
        print(hint.evidence, hint.advice)

Each rule is a pure function of `Evidence`; its thresholds stand beside it with their reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vaelab.config.run_config import RunConfig
from vaelab.events import Columns
from vaelab.teaching.hints import codes, losses
from vaelab.teaching.hints.evidence import Evidence, Hint, evidence_of

__all__ = ["ABOUT", "MOST", "RULES", "Hint", "find_hints"]

MOST = 2
"""Hints shown at once: more are not read while curves move."""

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
"""What a page calls the finding of each rule, and the glossary's term to explain it with."""

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
"""What a hint makes pointless to say: its consequences, and advice that contradicts its own."""


def find_hints(
    config: RunConfig,
    steps: Columns,
    evaluated: Columns,
    started: Mapping[str, Any] | None,
    finished: Mapping[str, Any] | None = None,
) -> list[Hint]:
    """The hints that a run's events so far give cause for, at most `MOST`, the most important first.

    Parameters
    ----------
    config
        Of the run.
    steps, evaluated, started, finished
        Its events as `vaelab.runs.history.History` has them. What is missing is not judged.
    """
    with np.errstate(all="ignore"):
        seen = evidence_of(config, steps, evaluated, started, finished)
        if seen is None:
            return []
        found = [hint for rule in RULES.values() if (hint := rule(seen))]
    kept: list[Hint] = []
    for hint in found:
        if not any(hint.rule in SILENCES.get(other.rule, ()) for other in kept):
            kept.append(hint)
    return kept[:MOST]
