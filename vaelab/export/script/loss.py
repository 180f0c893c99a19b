"""The loss of a listing, and what it is on images that were not learned from."""

from __future__ import annotations

import math

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.export.script import words
from vaelab.export.script.section import Section, corrupts, lines, weighs_kl


def loss(config: RunConfig) -> Section:
    """The terms of the objective, a number an image each."""
    has_sigma, has_kl = config.term.has_sigma, config.traits.has_kl
    code = lines(
        *(_gaussian(math.prod(DATASETS[config.dataset].shape)) if has_sigma else _BCE),
        *(_KL if has_kl else ()),
    )
    texts = [words.MSE if has_sigma else words.BCE, words.UNIT]
    if has_kl:
        weighed = [words.BETA] if weighs_kl(config) else []
        texts = [words.ELBO, *weighed, texts[0], words.KL, words.UNIT]
    return Section("Loss", "\n\n".join(texts), code)


_BCE = (
    "def reconstruction(output, x):",
    '    """Cross-entropy of an image\'s pixels x with sigmoid(output): -log p(x|z) if they are 0 or 1."""',
    '    return F.binary_cross_entropy_with_logits(output, x, reduction="none").flatten(1).sum(1)',
)


def _gaussian(pixels: int) -> tuple[str, ...]:
    return (
        "def reconstruction(output, x):",
        '    """-log p(x|z) of images x, p(x|z) = N(output, sigma^2) for each pixel."""',
        "    squared = (output - x).square().flatten(1).sum(1)",
        f"    return squared / (2 * sigma**2) + {pixels} * math.log(sigma * math.sqrt(2 * math.pi))",
    )


_KL = (
    "",
    "",
    "def kl_divergence(mean, logvar):",
    '    """KL(q(z|x) || N(0, I)) = sum over dimensions of (mu^2 + sigma^2 - 1 - log sigma^2) / 2."""',
    "    return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).sum(1)",
)


def evaluation(config: RunConfig) -> Section:
    """Mean losses of a set of images."""
    has_kl = config.traits.has_kl
    code = lines(
        "@torch.no_grad()",
        "def evaluate(images):",
        f'    """Mean loss of images in nats per image: {"recon and kl" if has_kl else "recon"}."""',
        "    recon = kl = 0.0" if has_kl else "    recon = 0.0",
        "    for x in images.split(500):",
        "        output, mean, logvar = model(x)" if has_kl else "        output = model(x)",
        "        recon += reconstruction(output, x).sum().item()",
        "        kl += kl_divergence(mean, logvar).sum().item()" if has_kl else None,
        "    return recon / len(images), kl / len(images)" if has_kl else "    return recon / len(images)",
    )
    text = "What the model is worth on images that it has not learned from."
    if corrupts(config):
        text += " They are clean ones."
    return Section("Evaluation", text, code)
