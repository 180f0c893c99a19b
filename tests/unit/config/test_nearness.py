"""Which recipe stands in best for another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.config import PRESETS, RunConfig
from vaelab.config.nearness import distance, nearest

EXAMPLES = {name: preset.config for name, preset in PRESETS.items()} | {
    "vae-2d-fashion": RunConfig(dataset="fashion-mnist")
}

configs = st.builds(
    RunConfig,
    model=st.sampled_from(["ae", "vae"]),
    dataset=st.sampled_from(["mnist", "fashion-mnist", "kmnist"]),
    latent_dim=st.integers(1, 256),
    architecture=st.sampled_from(["mlp", "conv"]),
    corruption=st.sampled_from(["none", "mask"]),
    reconstruction=st.sampled_from(["bce", "mse"]),
    beta=st.floats(0, 1000),
    seed=st.integers(0, 9),
)


@given(configs, configs)
def test_recipes_are_as_far_apart_in_both_directions(first: RunConfig, second: RunConfig) -> None:
    assert distance(first, second) == pytest.approx(distance(second, first))
    assert distance(first, first) <= distance(first, second)


@pytest.mark.parametrize("name", EXAMPLES)
@given(seed=st.integers(0, 99))
def test_the_recipe_of_an_example_finds_it_whatever_the_seed(name: str, seed: int) -> None:
    assert nearest(EXAMPLES[name].variant(seed=seed), EXAMPLES) == name


@given(configs)
def test_a_field_without_effect_makes_no_difference(config: RunConfig) -> None:
    point = config.variant(model="ae")
    assert distance(point, point.variant(beta=7.0, beta_warmup=2.0)) == distance(point, point)


@given(configs, st.lists(configs, min_size=1, max_size=8))
def test_the_same_data_set_wins_over_all_else_and_the_model_over_the_rest(
    config: RunConfig, others: list[RunConfig]
) -> None:
    options = dict(enumerate(others))
    found = options[nearest(config, options)]
    same_images = [other for other in others if other.dataset == config.dataset]
    if same_images:
        assert found.dataset == config.dataset
    if any(other.model == config.model for other in same_images or others):
        assert found.model == config.model


@pytest.mark.parametrize("name", EXAMPLES)
@given(field=st.sampled_from(["latent_dim", "beta"]), factor=st.sampled_from([2, 4, 8]))
def test_a_latent_dimension_or_beta_twice_as_far_is_farther(name: str, field: str, factor: int) -> None:
    config = EXAMPLES[name].variant(model="vae", latent_dim=2, beta=1)
    near, far = (config.variant(**{field: getattr(config, field) * each}) for each in (factor, 2 * factor))
    assert distance(config, config) < distance(config, near) < distance(config, far)


def test_without_a_choice_nothing_is_nearest() -> None:
    assert nearest(RunConfig(), {}) is None
