"""What a run is called that nobody has given a name: its recipe in a few words."""

from collections.abc import Sequence

from vaelab.config import PRESETS, RunConfig, field_spec, in_words, why_not_in_force
from vaelab.config.fields import changes
from vaelab.config.presets import Preset
from vaelab.words import counted

_ALWAYS = ("model", "dataset", "latent_dim", "epochs")
"""Fields that every name states, without their labels."""

MOST_STATED = 4
"""Largest number of differences from the preset that a name states; of others it has the number."""


def describe(config: RunConfig, varied: Sequence[str] = ()) -> str:
    """A config in a few words, which differ for configs that differ, up to `MOST_STATED` fields.

    They begin with model, data set, latent dimension and epochs: "VAE · MNIST · 2-D · 10 epochs". What
    follows is the tag of the nearest preset, unless that goes without saying, and the fields with an effect
    in which the config differs from it: "… · conv · beta 4".

    Parameters
    ----------
    varied: fields that vary over the sweep that the run belongs to, which come first, with the seed.
    """
    dataset = field_spec("dataset").labels[config.dataset]
    length = counted(config.epochs, "epoch")
    parts = [config.traits.label, dataset, f"{config.latent_dim}-D", length]
    preset = _reference(config)
    first = [name for name in (*varied, "seed") if varied and name not in _ALWAYS]
    # Each sweep holds images out, which says nothing of the run.
    left_out = {*_ALWAYS, *first, *(["held_out"] if varied else [])}
    others = [name for name in _differences(config, preset) if name not in left_out]
    stated = [*first, *others[:MOST_STATED]]
    parts += [preset.tag] if preset.tag else []
    parts += [f"{field_spec(name).label.lower()} {in_words(name, getattr(config, name))}" for name in stated]
    if len(others) > MOST_STATED:
        parts.append(counted(len(others) - MOST_STATED, "more change"))
    return " · ".join(parts)


def _reference(config: RunConfig) -> Preset:
    """The nearest of the presets that names refer to; only one of the same architecture would be true."""
    presets = [
        preset
        for preset in PRESETS.values()
        if preset.tag is not None and preset.config.architecture == config.architecture
    ]
    return min(presets, key=lambda preset: len(_differences(config, preset)))


def _differences(config: RunConfig, preset: Preset) -> list[str]:
    """Names of the fields in which a config differs from a preset, without those that have no effect."""
    return [name for name in changes(config, preset.config) if not why_not_in_force(config, name)]
