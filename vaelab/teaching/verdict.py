"""The verdict on a run: whether it is good, in words, and one large number with what to compare it with.

    verdict = judge(Case(config=run.config, state=status.state, ...))
    verdict.title, verdict.value, verdict.unit

Copies are compared with those of PCA in squared error, because PCA has no KL that would count against it. The
large number is compared, in its own unit, with what the recipe usually reaches and with a model that always
answers with the mean image.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vaelab.config import QUANTITIES, Losses, RunConfig
from vaelab.config.objective import objective_in_words, total_in_words
from vaelab.data import DATASETS
from vaelab.events import Columns
from vaelab.runs.life import ACTIVE, State
from vaelab.teaching.baselines import Example, mean_image_of, named
from vaelab.teaching.hints import codes, losses
from vaelab.teaching.hints.evidence import evidence_of
from vaelab.words import counted, signed, with_minus


@dataclass(frozen=True)
class Grade:
    """A range of ratios of a run's squared error to PCA's, in words."""

    most: float
    """Largest ratio of the range."""
    judgement: str
    """What is said of a run that is over."""
    words: str
    """How wrong its copies are."""
    compared: str = ""
    """What they are compared with, if `judgement` does not say it."""

    def lead(self, is_over: bool) -> str:
        """What stands before the words."""
        if is_over:
            return self.judgement
        return "So far" if self.compared else f"So far {self.judgement[0].lower()}{self.judgement[1:]}"


GRADES = (
    Grade(0.20, "Very good", "under a fifth as wrong", "as PCA"),
    Grade(0.29, "Very good", "a quarter as wrong", "as PCA"),
    Grade(0.41, "Very good", "a third as wrong", "as PCA"),
    Grade(0.59, "Good", "half as wrong", "as PCA"),
    Grade(0.72, "Good", "a third less wrong", "than PCA"),
    Grade(0.88, "Fair", "a fifth less wrong", "than PCA"),
    Grade(0.97, "Fair", "a little less wrong", "than PCA"),
    Grade(1.03, "As good as PCA", "just as wrong"),
    Grade(1.30, "Behind PCA", "a little more wrong"),
    Grade(2.00, "Behind PCA", "clearly more wrong"),
    Grade(np.inf, "Behind PCA", "more than twice as wrong"),
)
"""All grades, the best first. Errors within 3 % of PCA's are as good: seeds differ by as much."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a run is judged by: its events, as `vaelab.runs.History` has them, and what others reach."""

    config: RunConfig
    state: State
    steps: Columns
    evaluated: Columns
    started: Mapping[str, Any] | None
    finished: Mapping[str, Any] | None
    pca_error: float | None
    """Squared error per number of PCA with as many numbers a code; None until known, NaN if it fails."""
    usual: Example | None
    """The example that shows where such a recipe usually ends, if there is one."""
    moved: Collection[str] = ()
    """The fields whose dials were moved while it trained."""

    @property
    def losses(self) -> Losses:
        """The newest losses on the test images; empty before the first evaluation."""
        last = self.evaluated.last
        return {name: last[name] for name in ("recon", "kl", "mse") if last.get(name) is not None}


@dataclass(frozen=True)
class Verdict:
    """A verdict as a page shows it."""

    title: str
    """Whether it is good: "Good: half as wrong as PCA"."""
    detail: str
    """What the title leaves out: that PCA is a simple method."""
    is_fault: bool
    """Whether the title names a fault of the training."""
    value: str
    """The large number; a dash before the first evaluation."""
    unit: str
    """The number's unit and name."""
    beside: str
    """What to compare the number with."""
    about: str
    """Explanation of it all, with the parts of the number, as Markdown; empty before the first evaluation."""


def judge(case: Case) -> Verdict:
    """The verdict on a run as it is now."""
    fault = _fault(case)
    title, detail = fault or _in_words(case)
    quantity = QUANTITIES[_name_of(case.config)]
    value = quantity.of(case.losses)
    return Verdict(
        title=title,
        detail=detail,
        is_fault=fault is not None,
        value="–" if value is None else with_minus(quantity.mean_in_words(value)),
        unit=_unit(case),
        beside=" · ".join(_levels(case)),
        about=_about(case) if case.losses else "",
    )


def _name_of(config: RunConfig) -> str:
    """The quantity that is the large number of runs of this config.

    Without a KL, nats of a Gaussian say as much of its sigma as of the copies, and their error says more.
    """
    if config.traits.has_kl:
        return "neg_elbo"
    return "mse" if config.term.has_sigma else "recon"


def _fault(case: Case) -> tuple[str, str] | None:
    """Title and detail of a training that went wrong; None if it did not."""
    if case.state == "diverged":
        return "Diverged: its loss is infinite or undefined", ""
    with np.errstate(all="ignore"):
        seen = evidence_of(case.config, case.steps, case.evaluated, case.started, case.finished)
        if seen is None:
            return None
        if losses.diverging(seen):
            return "Diverged: far more wrong than the mean image", ""
        if codes.collapse(seen):
            return "Collapsed: its codes say nothing of the image", f"KL {case.losses['kl']:z.2f} nats"
        if losses.stuck(seen):
            return "Nothing learned: as wrong as the mean image", ""
    return None


def _in_words(case: Case) -> tuple[str, str]:
    """Title and detail of a training in which nothing went wrong."""
    if not case.losses:
        if case.state in ACTIVE:
            return "How good it is, you will see here", "after the first epoch"
        return "It ended before it could be judged", ""
    if case.pca_error is None:
        return "Its copies are being compared with PCA", ""
    if np.isnan(case.pca_error):
        return "Not compared with PCA", "which cannot be computed here"
    grade = grade_of(case.losses["mse"], case.pca_error)
    title = f"{grade.lead(case.state not in ACTIVE)}: {grade.words} {grade.compared}".rstrip()
    return title, "a simple method"


def grade_of(error: float, pca_error: float) -> Grade:
    """The grade of a squared error beside that of PCA."""
    return next(grade for grade in GRADES if error <= grade.most * max(pca_error, 1e-9))


def _unit(case: Case) -> str:
    config, kind = case.config, DATASETS[case.config.dataset].kind
    name = _name_of(config)
    unit = f"squared error per {kind.element}" if name == "mse" else f"{kind.nats}: {_label(config)}"
    if case.state == "diverged":
        return f"{unit}, before it diverged"
    if "beta" in case.moved:
        return f"{unit}; beta was moved"
    if config.traits.has_kl and config.beta != 1:
        return f"{unit}; trained on {objective_in_words(config, reconstruction='recon.')}"
    return f"how wrong, in {unit}"


def _label(config: RunConfig) -> str:
    """The name of the large number in nats."""
    return total_in_words(config) if config.traits.has_kl else QUANTITIES[_name_of(config)].label


def _levels(case: Case) -> list[str]:
    """Values of others on the scale of the large number, each with its name."""
    name = _name_of(case.config)
    words, levels = QUANTITIES[name].mean_in_words, []
    if not case.moved and case.usual and (usual := QUANTITIES[name].of(case.usual.losses)) is not None:
        levels.append(f"{named(case.usual.config, case.config)} {words(usual)}")
    if case.started:
        mean = mean_image_of(name, case.config, case.started["mean_image_loss"])
        levels.append(f"without a model {words(mean)}")
    return [with_minus(level) for level in levels]


def _about(case: Case) -> str:
    """The explanation of the verdict, in paragraphs of Markdown."""
    config, spec, reached = case.config, DATASETS[case.config.dataset], case.losses
    one, many = spec.kind.one, spec.kind.many
    parts = [f"reconstruction {signed(reached['recon'], '.1f')}"]
    if "kl" in reached:
        bits = reached["kl"] / np.log(2)
        parts.append(f"KL {signed(reached['kl'], '.1f')} (a rate of {signed(bits, '.1f')} bits)")
    text = f"On the {spec.test_images:,} test {many}, in {spec.kind.nats}: {' + '.join(parts)}."
    if config.term.is_normalised:
        text += " Less than 0 is possible, because the density that it comes from may exceed 1."
    if "beta" in case.moved:
        text += " Training made other sums small: beta was moved while it trained."
    elif config.traits.has_kl and config.beta != 1:
        weighted = reached["recon"] + config.beta * reached["kl"]
        text += f" Training made another sum small: {objective_in_words(config)} = {signed(weighted, '.1f')}."
    copies = f"**Copies**: squared error {reached['mse']:.4f} a {spec.kind.element}"
    if case.pca_error is not None and not np.isnan(case.pca_error):
        copies += f"; PCA with {counted(config.latent_dim, 'number')}, fitted to as many {many}: "
        copies += f"{case.pca_error:.4f}"
    if config.traits.has_kl:
        copies += ". PCA has no KL, so that losses in nats would not be fair to compare"
    levels = f"**Without a model**: what the mean {one} reaches, as the answer to whatever {one} is given."
    if case.usual and not case.moved:
        levels += " **Usually**: what the finished example reached."
    return f"{text}\n\n{copies}.\n\n{levels}"
