"""The loss of a listing, and what it is on images that were not learned from."""

from __future__ import annotations

import math

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.export.script import words
from vaelab.export.script.section import Section, corrupts, section, weighs_kl

_LOSS = '''
       | def reconstruction(output, x):
!gauss |     """Cross-entropy of an image's pixels x with sigmoid(output): -log p(x|z) if they are 0 or 1."""
!gauss |     return F.binary_cross_entropy_with_logits(output, x, reduction="none").flatten(1).sum(1)
gauss  |     """-log p(x|z) of images x, p(x|z) = N(output, sigma^2) for each pixel."""
gauss  |     squared = (output - x).square().flatten(1).sum(1)
gauss  |     return squared / (2 * sigma**2) + {pixels} * math.log(sigma * math.sqrt(2 * math.pi))
kl     |
kl     |
kl     | def kl_divergence(mean, logvar):
kl     |     """KL(q(z|x) || N(0, I)) = sum over dimensions of (mu^2 + sigma^2 - 1 - log sigma^2) / 2."""
kl     |     return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).sum(1)
'''


def loss(config: RunConfig) -> Section:
    """The terms of the objective, a number an image each."""
    texts = [words.MSE if config.term.has_sigma else words.BCE, words.UNIT]
    if config.traits.has_kl:
        weighed = [words.BETA] if weighs_kl(config) else []
        texts = [words.ELBO, *weighed, texts[0], words.KL, words.UNIT]
    pixels = math.prod(DATASETS[config.dataset].shape)
    return section("Loss", "\n\n".join(texts), _LOSS, config, pixels=pixels)


_EVALUATION = '''
    | @torch.no_grad()
    | def evaluate(images):
kl  |     """Mean loss of images in nats per image: recon and kl."""
kl  |     recon = kl = 0.0
!kl |     """Mean loss of images in nats per image: recon."""
!kl |     recon = 0.0
    |     for x in images.split(500):
kl  |         output, mean, logvar = model(x)
!kl |         output = model(x)
    |         recon += reconstruction(output, x).sum().item()
kl  |         kl += kl_divergence(mean, logvar).sum().item()
kl  |     return recon / len(images), kl / len(images)
!kl |     return recon / len(images)
'''


def evaluation(config: RunConfig) -> Section:
    """Mean losses of a set of images."""
    text = "What the model is worth on images that it has not learned from."
    if corrupts(config):
        text += " They are clean ones."
    return section("Evaluation", text, _EVALUATION, config)
