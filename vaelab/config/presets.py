"""Named recipes, each with one thing that it teaches."""

from dataclasses import dataclass
from typing import Any

from vaelab.config.fields import changes
from vaelab.config.run_config import RunConfig, upgrade


@dataclass(frozen=True)
class Preset:
    """A recipe with a title and a sentence about what it teaches; its key in `PRESETS` stands in links."""

    title: str
    teaches: str
    config: RunConfig
    version: int = 1
    """How often the config has changed, counted from 1: see `EARLIER`."""
    tag: str | None = None
    """What names of runs say of it; empty for what goes without saying, None if no name refers to it."""


FIRST_PRESET = "vae-2d"
"""The recipe that the form begins with, that links without one mean, and whose example is shown first."""

_STANDARD = {"lr_schedule": "constant", "learning_rate": 1e-3}

PRESETS: dict[str, Preset] = {
    "vae-2d": Preset(
        "VAE, 2-D map: start here",
        "Two numbers a digit are enough for a map on which similar digits are neighbours.",
        RunConfig(),
        tag="",
    ),
    "ae-2d": Preset(
        "AE, 2-D map: the twin without the KL term",
        "The same network, seed and settings without a prior: sharper, but with holes between classes.",
        RunConfig(model="ae"),
    ),
    "vae-20d": Preset(
        "VAE, 20 dimensions: the standard small one",
        "The VAE of most tutorials: more room in the code, sharper images, no map to look at directly.",
        RunConfig(latent_dim=20, hidden="400", batch_size=128, **_STANDARD),
        tag="standard",
    ),
    "vae-20d-fast": Preset(
        "VAE, 20 dimensions in seconds",
        "GELU, larger batches and a learning rate that rises and falls: ten epochs' quality after three.",
        RunConfig(
            latent_dim=20, hidden="400", activation="gelu", epochs=3, batch_size=384, learning_rate=0.014
        ),
        tag="fast",
    ),
    "ae-256": Preset(
        "AE, 256 numbers with ReLU: the tutorial's autoencoder",
        "One dense layer in, one out: it copies well, and says nothing of how to make new images.",
        RunConfig(
            model="ae",
            latent_dim=256,
            hidden="none",
            code_activation="relu",
            reconstruction="mse",
            **_STANDARD,
        ),
        tag="tutorial",
    ),
    "vae-256": Preset(
        "VAE, 256 numbers: the same size done as a VAE",
        "Mean, log-variance, sampling and KL are what was missing: now codes can be drawn from the prior.",
        RunConfig(latent_dim=256, hidden="none", reconstruction="mse", **_STANDARD),
    ),
    "linear-ae": Preset(
        "Linear AE: it finds the plane of PCA",
        "Without hidden layers and with squared error, the best two dimensions are the principal ones.",
        RunConfig(model="ae", hidden="none", reconstruction="mse"),
        tag="linear",
    ),
    "denoising-ae": Preset(
        "Denoising AE: spoilt input, clean target",
        "Half of the pixels are blacked out, and the network learns to fill them in.",
        RunConfig(model="ae", latent_dim=32, corruption="mask", corruption_strength=0.5),
        tag="denoising",
    ),
    "conv-vae": Preset(
        "Convolutional VAE, 2-D map: half the weights",
        "Convolutions know that neighbouring pixels belong together: a better map with half the parameters.",
        RunConfig(architecture="conv", activation="leaky_relu", learning_rate=5e-3, batch_size=128),
        tag="conv",
    ),
    "conv-vae-keras": Preset(
        "Convolutional VAE: the one of the Keras example",
        "Convolutions of 32 and 64 channels and a dense layer of 16: well known, and slow on a laptop.",
        RunConfig(architecture="conv", hidden="32-64/16", epochs=3, batch_size=128, **_STANDARD),
        tag="Keras conv",
    ),
    "beta-vae": Preset(
        "Beta-VAE: a KL term that weighs four times",
        "The prior wins dimensions back: look at how many of the ten are still used.",
        RunConfig(latent_dim=10, beta=4),
    ),
    "optimizers": Preset(
        "Optimizers: 5,000 images, to compare gd, sgd, momentum and adam",
        "Change only the optimizer and train again: the same network falls at very different speeds.",
        RunConfig(
            model="ae", train_size=5_000, optimizer="sgd", epochs=20, lr_schedule="constant", batch_size=128
        ),
        tag="optimizers",
    ),
}


EARLIER: dict[tuple[str, int], dict[str, Any]] = {}
"""Configs that presets had before, by name and version, with the fields and the `version` of their time.

Short links name a preset and its version. Who changes a preset's config raises its version and adds here what
it was, so that links that people have sent keep their meaning.
"""


def preset_of_version(name: str, version: int) -> RunConfig | None:
    """The config that a preset has or had in a version; None if there is no such version."""
    if version == PRESETS[name].version:
        return PRESETS[name].config
    earlier = EARLIER.get((name, version))
    return RunConfig.model_validate(upgrade(earlier)) if earlier else None


def nearest_preset(config: RunConfig) -> str:
    """The name of the preset that differs from a recipe in the fewest fields; the first of several."""
    return min(PRESETS, key=lambda name: len(changes(config, PRESETS[name].config)))
