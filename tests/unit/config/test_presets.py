"""The presets: each trains, and its config fits its title."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from vaelab import events
from vaelab.config import PRESETS, RunConfig, why_not_in_force
from vaelab.config.presets import nearest_preset, preset_of_version
from vaelab.config.run_config import upgrade
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.kinds.image import to_unit
from vaelab.paths import PROJECT
from vaelab.training import fit

NAMES = ("vae-2d", "ae-2d", "vae-20d", "vae-20d-fast", "ae-256", "vae-256", "linear-ae", "denoising-ae",
         "conv-vae", "conv-vae-keras", "beta-vae", "optimizers")  # fmt: skip


def differences(first: RunConfig, second: RunConfig) -> set[str]:
    return {name for name, value in first.model_dump().items() if getattr(second, name) != value}


def parameters(name: str) -> int:
    return sum(weight.numel() for weight in Autoencoder(PRESETS[name].config, (1, 28, 28)).parameters())


def test_names_stay_as_links_have_them():
    assert tuple(PRESETS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_speaks_to_a_student(name):
    preset = PRESETS[name]
    assert preset.title != name
    assert preset.title[0].isupper()
    assert preset.teaches.endswith(".")
    assert len({preset.title for preset in PRESETS.values()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_gives_only_settings_that_are_in_force(name):
    config = PRESETS[name].config
    plain = RunConfig(architecture=config.architecture)
    assert all(why_not_in_force(config, field) is None for field in differences(config, plain))


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.quality if name == "conv-vae-keras" else ()) for name in NAMES],
)
def test_a_preset_learns(name, record):
    recording = record(PRESETS[name].config.variant(epochs=2))
    steps = recording.of(events.Step)
    assert len(steps) >= 10
    assert all(math.isfinite(event.objective) for event in steps)
    reached = recording.of(events.Evaluated)[-1].recon
    assert reached < 0.98 * steps[0].recon
    floor = recording.events[0].floor_loss
    assert floor is None or reached > floor


@pytest.mark.parametrize("name", PRESETS)
def test_a_recipe_is_named_after_the_preset_it_was_made_of(name):
    assert nearest_preset(PRESETS[name].config) == name
    assert nearest_preset(PRESETS[name].config.variant(epochs=7, seed=5)) == name


def test_twins_differ_in_the_model_only():
    assert differences(PRESETS["vae-2d"].config, PRESETS["ae-2d"].config) == {"model"}


def test_beta_vae_with_beta_1_is_the_vae():
    beta_vae, vae = PRESETS["beta-vae"].config, PRESETS["vae-2d"].config
    assert beta_vae.variant(beta=1) == vae.variant(latent_dim=10)


def test_the_standard_networks_have_the_standard_number_of_weights():
    assert parameters("vae-20d") == parameters("vae-20d-fast") == 652_824  # 784-400-20 of PyTorch's example
    assert parameters("conv-vae-keras") == 69_076 + 65_089  # encoder and decoder of the Keras example
    assert parameters("ae-256") == 785 * 256 + 257 * 784


def test_the_convolutional_network_is_the_usual_one_and_has_half_the_weights_of_the_dense_one():
    assert PRESETS["conv-vae"].config.hidden == RunConfig(architecture="conv").hidden
    assert parameters("conv-vae") == pytest.approx(parameters("vae-2d") / 2, rel=0.05)


def test_a_linear_ae_finds_the_plane_of_pca(tiny):
    config = PRESETS["linear-ae"].config.variant(epochs=60, precision="fp32", batch_size=200)
    model = fit(config, data=tiny).model.requires_grad_(False)
    x = to_unit(tiny.x_train)
    images = x.flatten(1).numpy()
    pca = PCA(2).fit(images)
    with torch.no_grad():
        error = (model.output(model.encode(x).mean) - x).square().mean().item()
    best = np.square(pca.inverse_transform(pca.transform(images)) - images).mean()
    assert best <= error < 1.001 * best
    directions, _ = np.linalg.qr(model.decoder[0].weight.numpy())
    cosines = np.linalg.svd(pca.components_ @ directions, compute_uv=False)
    assert np.degrees(np.arccos(cosines.clip(max=1))).max() < 1


RECORDED: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (PROJECT / "tests" / "data" / "golden" / "presets.json").read_text(encoding="utf-8")
)
"""What each preset was in each of its versions, as short links name them; nothing makes this file anew."""


@pytest.mark.parametrize("name", RECORDED)
def test_every_version_of_a_preset_that_links_name_means_what_it_meant(name: str) -> None:
    for version, recorded in RECORDED[name].items():
        config = preset_of_version(name, int(version))
        assert config is not None
        assert config == RunConfig.model_validate(upgrade(recorded)), "raise its version, and fill EARLIER"


@pytest.mark.parametrize("name", NAMES)
def test_the_newest_version_of_a_preset_is_recorded(name: str) -> None:
    assert str(PRESETS[name].version) in RECORDED[name]
    assert preset_of_version(name, PRESETS[name].version + 1) is None
