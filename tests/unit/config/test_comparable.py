"""Twins, and losses on one scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.config import PRESETS, RunConfig, by_dataset
from vaelab.config.comparable import by_scale, fields_that_differ, scale_of, twin_of

configs = st.builds(
    RunConfig,
    model=st.sampled_from(["ae", "vae"]),
    dataset=st.sampled_from(["mnist", "fashion-mnist"]),
    reconstruction=st.sampled_from(["bce", "mse"]),
    sigma=st.sampled_from(["auto", 0.1, 1.0]),
    beta=st.floats(0, 10),
    code_activation=st.sampled_from(["none", "relu"]),
    seed=st.integers(0, 9),
)


@given(configs)
def test_the_twin_of_a_twin_is_the_config_itself(config: RunConfig):
    twin = twin_of(config)
    assert twin.model != config.model
    assert twin_of(twin) == config
    assert twin.model_dump(exclude={"model"}) == config.model_dump(exclude={"model"})


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_has_a_twin_that_differs_in_the_model_alone(preset: str):
    config = PRESETS[preset].config
    assert fields_that_differ([config, twin_of(config)]) == ["model"]
    assert scale_of(config) == scale_of(twin_of(config))


@given(st.lists(configs, min_size=1, max_size=6))
def test_scales_share_out_all_runs_and_only_like_with_like(listed: list[RunConfig]):
    groups = by_scale(listed)
    assert sorted(index for group in groups for index in group) == list(range(len(listed)))
    for group in groups:
        assert len({scale_of(listed[index]) for index in group}) == 1
    assert len({scale_of(listed[group[0]]) for group in groups}) == len(groups)
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)
    sets = by_dataset(listed)
    assert all(len({listed[index].dataset for index in group}) == 1 for group in sets)
    assert len(sets) == len({config.dataset for config in listed})


def test_a_scale_is_of_images_and_likelihood_and_nothing_else():
    base = RunConfig()
    for changes in ({"beta": 4}, {"latent_dim": 20}, {"seed": 1}, {"sigma": 0.5}, {"model": "ae"}):
        assert scale_of(base.variant(**changes)) == scale_of(base), changes
    for changes in ({"dataset": "kmnist"}, {"reconstruction": "mse"}):
        assert scale_of(base.variant(**changes)) != scale_of(base), changes
    gaussian = base.variant(reconstruction="mse")
    assert scale_of(gaussian.variant(sigma=0.5)) != scale_of(gaussian)
