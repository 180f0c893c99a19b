"""What runs are compared with: the usual end of a recipe, the mean image, and how other programs count."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vaelab.config import Losses, RunConfig, field_spec, in_words
from vaelab.config.comparable import fields_that_differ, scale_of
from vaelab.config.nearness import nearest
from vaelab.data import DATASETS
from vaelab.networks.sizes import images_a_step, training_images
from vaelab.words import listed

MINOR = frozenset({"seed", "precision", "held_out"})
"""Fields that hardly move the end of a recipe."""


@dataclass(frozen=True)
class Example:
    """A finished example: its recipe, and its losses on the test images."""

    config: RunConfig
    losses: Losses


def usual_of(config: RunConfig, examples: Sequence[Example]) -> Example | None:
    """The example that shows where a recipe usually ends: of the same recipe, or but for one field.

    None if there is none whose losses are on the same scale and of the same kind of model.
    """
    alike = {
        index: example.config
        for index, example in enumerate(examples)
        if example.config.model == config.model
        and scale_of(example.config) == scale_of(config)
        and len(_differing(example.config, config)) <= 1
    }
    found = nearest(config, alike)
    return None if found is None else examples[found]


def named(example: RunConfig, config: RunConfig) -> str:
    """The name of the end of an example beside a run: "this recipe usually", "with beta 1 usually"."""
    differing = _differing(example, config)
    if not differing:
        return "this recipe usually"
    values = {name: in_words(name, getattr(example, name)) for name in differing}
    changed = [f"{field_spec(name).label.lower()} {value}" for name, value in values.items()]
    return f"with {listed(changed)} usually"


def _differing(example: RunConfig, config: RunConfig) -> list[str]:
    return [name for name in fields_that_differ([example, config]) if name not in MINOR]


def mean_image_of(quantity: str, config: RunConfig, loss: float) -> float:
    """The value of a quantity for a model that always answers with the mean image.

    Parameters
    ----------
    quantity: `mse`, or a loss in nats: the mean image needs no code, and so has no KL.
    loss: its reconstruction term, as in the `Started` event.
    """
    if quantity != "mse":
        return loss
    # The Gaussian's negative log-density, solved for the squared error; a sigma that is learned fits it.
    each = loss / math.prod(DATASETS[config.dataset].shape) - 0.5 * math.log(2 * math.pi)
    if config.sigma == "auto":
        with np.errstate(over="ignore"):
            return float(np.exp(2 * each - 1))
    sigma = float(config.sigma)
    return 2 * sigma**2 * (each - math.log(sigma))


def in_other_programs(config: RunConfig, losses: Losses) -> str:
    """What other programs print for the reconstruction of the same run, as Markdown.

    Parameters
    ----------
    losses: `recon` and `mse` on the test images.
    """
    spec = DATASETS[config.dataset]
    elements, count = f"{spec.kind.element}s", math.prod(spec.shape)
    name, total, examples = "cross-entropy", losses["recon"], ", as the VAE examples of Keras and PyTorch do"
    if config.term.has_sigma:
        name, total, examples = "squared error", count * losses["mse"], ""
    batch = images_a_step(config, training_images(config, spec.train_images))
    text = (
        f"**The reconstruction as other programs count it** ({name}):\n\n"
        f"- **{total:.1f}** summed over {count:,} {elements} and averaged over {spec.kind.many}{examples}\n"
        f"- **{total / count:.4f}** averaged over {elements}, too (÷ {count:,}), the default of Keras and "
        "PyTorch\n"
        f"- **{batch * total:,.0f}** summed over a batch of {batch:,} and not divided by it, as PyTorch's "
        '`reduction="sum"` does'
    )
    if config.traits.has_kl:
        text += f"\n\nAdded to such an average, the KL weighs {count:,} times as much as with the sum"
        text += "." if config.term.has_sigma else f": a beta of {count * config.beta:,g}."
    return text
