"""The sections of a listing that define the loss and its evaluation on images outside of training."""

import math

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.export.script import words
from vaelab.export.script.posteriors import POSTERIORS
from vaelab.export.script.section import Section, corrupts, section, weighs_kl
from vaelab.export.script.terms import TERMS


def loss(config: RunConfig) -> Section:
    """The terms of the objective, each with one number per image."""
    term, posterior = TERMS[config.reconstruction], POSTERIORS[config.model]
    texts = [term.words, words.UNIT]
    if config.traits.has_kl:
        weighed = [words.BETA] if weighs_kl(config) else []
        texts = [posterior.objective_words, *weighed, term.words, posterior.kl_words, words.UNIT]
    pixels = math.prod(DATASETS[config.dataset].shape)
    return section("Loss", "\n\n".join(texts), term.code + posterior.kl, config, pixels=pixels)


_EVALUATION = '''
    | @torch.no_grad()
    | def evaluate(images):
kl  |     """Mean loss of images in nats per image: recon and kl."""
kl  |     recon = kl = 0.0
!kl |     """Mean loss of images in nats per image: recon."""
!kl |     recon = 0.0
    |     for x in images.split(500):
    |         {outputs} = model(x)
    |         recon += reconstruction(output, x).sum().item()
kl  |         kl += {kl_call}.sum().item()
kl  |     return recon / len(images), kl / len(images)
!kl |     return recon / len(images)
'''


def evaluation(config: RunConfig) -> Section:
    """The function that computes the mean losses of a set of images."""
    text = "What the model is worth on images that it has not learned from."
    if corrupts(config):
        text += " They are clean ones."
    posterior = POSTERIORS[config.model]
    return section(
        "Evaluation", text, _EVALUATION, config, outputs=posterior.outputs, kl_call=posterior.kl_call
    )
