"""The stages of slow motion: what each shows, in the symbols of the mathematics and the code's names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vaelab.config.hidden import parse_hidden
from vaelab.config.run_config import RunConfig
from vaelab.export.script import sections
from vaelab.ui.slow_motion import pictures, words

if TYPE_CHECKING:  # PyTorch stays off the way to the page
    from vaelab.analysis.one_step import Explained


@dataclass(frozen=True)
class Stage:
    """One stop of the walk, for one recipe."""

    title: str
    term: str
    """In the glossary."""
    formula: str
    """LaTeX."""
    words: str
    """Markdown that names every symbol of the formula."""
    line: str
    """Name of its line of the listing, as the templates of `vaelab.export.script` give it."""
    draw: Callable[[Explained], None]


def stages_of(config: RunConfig) -> list[Stage]:
    """The stages that a recipe has, from the image to the gradient."""
    inside = [_mean_and_logvar(), _epsilon()] if config.traits.is_stochastic else []
    hidden = [_hidden(config)] if _has_hidden(config) else []
    return [
        _image(config),
        *hidden,
        *inside,
        _code(config),
        _reconstruction(config),
        _loss(config),
        _gradient(),
    ]


def line_of_listing(config: RunConfig, name: str) -> str:
    """The line of a recipe's listing that has this name, without what is remarked behind it."""
    found = (part.named[name] for part in sections(config) if name in part.named)
    return next(found).strip().split("  #")[0]


def _has_hidden(config: RunConfig) -> bool:
    hidden = parse_hidden(config.hidden, config.architecture)
    return bool(hidden.channels or hidden.encoder_widths)


def _below(*rows: str) -> str:
    """Formulas below each other, so that a phone has room for each."""
    return r"\begin{gathered} " + r" \\ ".join(rows) + r" \end{gathered}"


def _image(config: RunConfig) -> Stage:
    return Stage("Image", "reconstruction", r"x \in [0, 1]^D", words.image(config), "image", pictures.image)


def _hidden(config: RunConfig) -> Stage:
    formula = r"h_{k+1} = a(W_k h_k + b_k), \quad h_0 = x"
    if config.traits.is_stochastic:
        formula = _below(r"h = \operatorname{encoder}(x):", formula)
    return Stage("Hidden layers", "encoder", formula, words.hidden(config), "hidden", pictures.hidden)


def _mean_and_logvar() -> Stage:
    formula = r"q(z \mid x) = \mathcal{N}\big(z;\ \mu, \operatorname{diag}(\sigma^2)\big)"
    title = "Mean and log-variance"
    return Stage(title, "posterior", formula, words.POSTERIOR, "posterior", pictures.posterior)


def _epsilon() -> Stage:
    formula = r"\varepsilon \sim \mathcal{N}(0, I)"
    return Stage("Epsilon", "reparameterisation", formula, words.EPSILON, "epsilon", pictures.epsilon)


def _code(config: RunConfig) -> Stage:
    if not config.traits.is_stochastic:
        formula = r"z = \operatorname{encoder}(x)"
        return Stage("Code", "latent code", formula, words.POINT, "code", pictures.code)
    formula = r"z = \mu + \sigma \odot \varepsilon, \quad \sigma = e^{\frac{1}{2} \log \sigma^2}"
    return Stage("Code", "latent code", formula, words.CODE, "code", pictures.code)


def _reconstruction(config: RunConfig) -> Stage:
    squashed, what_becomes = words.OUTPUTS[config.term.output]
    formula = _below(r"\text{output} = \operatorname{decoder}(z)", rf"\hat{{x}} = {squashed}")
    text = "The decoder makes of the code $z$ one number a pixel (`output`). " + what_becomes
    return Stage("Reconstruction", "decoder", formula, text, "output", pictures.reconstruction)


def _loss(config: RunConfig) -> Stage:
    formula = r"L = \underbrace{-\log p(x \mid z)}_{\text{recon}}"
    if config.traits.has_kl:
        kl, _ = words.KL_TERMS[config.model]
        formula = _below(formula, rf"{{}} + \beta \underbrace{{{kl}}}_{{\text{{KL}}}}")
    text = words.objective(config)
    return Stage("Loss", "reconstruction term", formula, text, "objective", pictures.losses)


def _gradient() -> Stage:
    formula = r"\lVert \nabla_{\theta_k} L \rVert, \qquad \theta \leftarrow \theta - \eta\, g"
    return Stage("Gradient", "step", formula, words.GRADIENT, "gradient", pictures.gradients)
