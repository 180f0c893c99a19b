"""What runs are compared with is computed, and the same in two ways."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.vectors import recipe, registered
from vaelab.config import PRESETS, RunConfig
from vaelab.data import Dataset
from vaelab.models.reconstructions import baselines
from vaelab.teaching.baselines import Example, in_other_programs, mean_image_of, named, usual_of

LOSSES = {"recon": 134.0, "kl": 6.0, "mse": 0.036}
EXAMPLES = [Example(preset.config, LOSSES) for preset in PRESETS.values()]


@pytest.mark.parametrize("sigma", ["auto", "0.1", "1.5"])
def test_the_mean_image_has_one_squared_error(sigma: str, tiny: Dataset) -> None:
    config = RunConfig(model="ae", reconstruction="mse", sigma=sigma)
    mean = tiny.spec.kind.mean(tiny.x_train)
    nats = baselines(config, mean, tiny.x_test).mean_image
    direct = np.square(tiny.spec.kind.numbers(tiny.x_test) - mean).mean()
    assert mean_image_of("mse", config, nats) == pytest.approx(direct, rel=1e-4)
    assert mean_image_of("recon", config, nats) == nats


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_usually_ends_as_its_example(name: str) -> None:
    config = PRESETS[name].config
    for same in (config, config.variant(seed=7), config.variant(precision="fp32")):
        found = usual_of(same, EXAMPLES)
        assert found is not None
        assert found.config == config
        assert named(found.config, same) == "this recipe usually"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"beta": 4}, "with beta 1 usually"),
        ({"epochs": 3}, "with epochs 10 usually"),
        ({"latent_dim": 3}, "with latent dimension 2 usually"),
    ],
)
def test_one_other_field_is_named(changes: dict[str, Any], words: str) -> None:
    config = RunConfig(**changes)
    found = usual_of(config, EXAMPLES)
    assert found is not None
    assert named(found.config, config) == words


@pytest.mark.parametrize(
    "changes",
    [
        {"beta": 4, "epochs": 3},
        {"reconstruction": "mse"},
        {"dataset": "fashion-mnist"},
    ],
)
def test_another_recipe_or_scale_has_no_usual_end(changes: dict[str, Any]) -> None:
    assert usual_of(RunConfig(**changes), EXAMPLES) is None


def test_the_kind_of_model_is_never_another() -> None:
    assert usual_of(RunConfig(model="ae"), [Example(RunConfig(), LOSSES)]) is None


def numbers(text: str) -> list[float]:
    """The numbers in bold, in order."""
    return [float(found.replace(",", "")) for found in re.findall(r"\*\*([\d.,]+)\*\*", text)]


@pytest.mark.parametrize("reconstruction", ["bce", "mse"])
def test_other_programs_count_the_same_by_pixel_and_by_batch(reconstruction: str) -> None:
    config = RunConfig(reconstruction=reconstruction, batch_size=100)
    total, mean, batch = numbers(in_other_programs(config, LOSSES))
    assert total == pytest.approx(134.0 if reconstruction == "bce" else 784 * 0.036, abs=0.05)
    assert mean == pytest.approx(total / 784, rel=1e-3)
    assert batch == pytest.approx(total * 100, rel=1e-3)


def test_a_batch_is_no_larger_than_the_training_images() -> None:
    for config in (RunConfig(train_size=50), RunConfig(train_size=50, optimizer="gd")):
        assert "a batch of 50 " in in_other_programs(config, LOSSES)


def test_only_a_model_with_a_kl_hears_of_its_weight() -> None:
    assert "a beta of 784." in in_other_programs(RunConfig(), LOSSES)
    assert "a beta of 3,136." in in_other_programs(RunConfig(beta=4), LOSSES)
    assert "KL" not in in_other_programs(RunConfig(model="ae"), LOSSES)


def test_another_kind_of_data_is_counted_in_its_own_words(tmp_path: Path) -> None:
    with registered(tmp_path):
        text = in_other_programs(recipe(), LOSSES)
    assert "÷ 5" in text
    assert "summed over 5 numbers and averaged over vectors" in text
    assert math.isclose(numbers(text)[0], 5 * 0.036, abs_tol=0.05)
