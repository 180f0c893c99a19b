"""The stages of slow motion: each with its formula, its words, its line of code and its picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaelab.config import RunConfig
from vaelab.config.hidden import parse_hidden
from vaelab.export.script import sections
from vaelab.ui.slow_motion import pictures, words

if TYPE_CHECKING:  # PyTorch stays off the way to the page
    from vaelab.analysis.one_step import Explained


@dataclass(frozen=True)
class Stage:
    """One stage of a training step, for one config."""

    title: str
    term: str
    """The term of the glossary that explains it."""
    formula: str
    """The formula in LaTeX."""
    words: str
    """Markdown that explains every symbol of the formula."""
    line: str
    """Name of its line of the listing, as the templates of `vaelab.export.script` give it."""
    draw: Callable[[Explained], None]


MEAN_AND_LOGVAR = Stage(
    "Mean and log-variance",
    "posterior",
    r"q(z \mid x) = \mathcal{N}\big(z;\ \mu, \operatorname{diag}(\sigma^2)\big)",
    words.POSTERIOR,
    "posterior",
    pictures.posterior,
)

EPSILON = Stage(
    "Epsilon",
    "reparameterisation",
    r"\varepsilon \sim \mathcal{N}(0, I)",
    words.EPSILON,
    "epsilon",
    pictures.epsilon,
)

GRADIENT = Stage(
    "Gradient",
    "step",
    r"\lVert \nabla_{\theta_k} L \rVert, \qquad \theta \leftarrow \theta - \eta\, g",
    words.GRADIENT,
    "gradient",
    pictures.gradients,
)


def stages_of(config: RunConfig) -> list[Stage]:
    """The stages of a training step with this config, from the image to the gradient."""
    hidden = parse_hidden(config.hidden, config.architecture)
    return [
        Stage("Image", "reconstruction", r"x \in [0, 1]^D", words.image(config), "image", pictures.image),
        *([_hidden(config)] if hidden.channels or hidden.encoder_widths else []),
        *([MEAN_AND_LOGVAR, EPSILON] if config.traits.is_stochastic else []),
        _code(config),
        _reconstruction(config),
        _loss(config),
        GRADIENT,
    ]


def line_of_listing(config: RunConfig, name: str) -> str:
    """The line of this name in the listing of a config, without the comment at its end."""
    lines = (part.named[name] for part in sections(config) if name in part.named)
    return next(lines).strip().split("  #")[0]


def _below(*rows: str) -> str:
    """Stack formulas, so that each fits the width of a phone."""
    return r"\begin{gathered} " + r" \\ ".join(rows) + r" \end{gathered}"


def _hidden(config: RunConfig) -> Stage:
    formula = r"h_{k+1} = a(W_k h_k + b_k), \quad h_0 = x"
    if config.traits.is_stochastic:
        formula = _below(r"h = \operatorname{encoder}(x):", formula)
    return Stage("Hidden layers", "encoder", formula, words.hidden(config), "hidden", pictures.hidden)


def _code(config: RunConfig) -> Stage:
    if not config.traits.is_stochastic:
        formula = r"z = \operatorname{encoder}(x)"
        return Stage("Code", "latent code", formula, words.POINT, "code", pictures.code)
    formula = r"z = \mu + \sigma \odot \varepsilon, \quad \sigma = e^{\frac{1}{2} \log \sigma^2}"
    return Stage("Code", "latent code", formula, words.CODE, "code", pictures.code)


def _reconstruction(config: RunConfig) -> Stage:
    right_side, sentence = words.OUTPUTS[config.term.output]
    formula = _below(r"\text{output} = \operatorname{decoder}(z)", rf"\hat{{x}} = {right_side}")
    text = "The decoder makes of the code $z$ one number a pixel (`output`). " + sentence
    return Stage("Reconstruction", "decoder", formula, text, "output", pictures.reconstruction)


def _loss(config: RunConfig) -> Stage:
    formula = r"L = \underbrace{-\log p(x \mid z)}_{\text{recon}}"
    if config.traits.has_kl:
        kl, _ = words.KL_TERMS[config.model]
        formula = _below(formula, rf"{{}} + \beta \underbrace{{{kl}}}_{{\text{{KL}}}}")
    text = words.objective(config)
    return Stage("Loss", "reconstruction term", formula, text, "objective", pictures.losses)
