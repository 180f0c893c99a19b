"""A link holds a whole recipe, and a wrong part of it does not spoil the rest."""

from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig
from vaelab.config.presets import EARLIER
from vaelab.ui.session import parameters_of, short_parameters_of
from vaelab.ui.session.recipe_link import recipe_of

texts = st.text(max_size=12)


def test_every_preset_survives_its_own_link() -> None:
    for preset in PRESETS.values():
        assert recipe_of(parameters_of(preset.config)) == (preset.config, {})


def test_a_link_states_every_field_and_the_version() -> None:
    assert set(parameters_of(RunConfig())) == {*FIELD_NAMES, "version"}


def test_what_a_link_leaves_out_is_the_default_recipe() -> None:
    config, problems = recipe_of({"model": "ae", "latent_dim": "8", "epochs": "5"})
    assert problems == {}
    assert config == RunConfig(model="ae", latent_dim=8, epochs=5)


def test_a_link_may_start_from_a_preset() -> None:
    config, _ = recipe_of({"preset": "vae-20d", "epochs": "3"})
    assert config == PRESETS["vae-20d"].config.variant(epochs=3)


def test_rate_and_layers_follow_optimizer_and_architecture_unless_given() -> None:
    assert recipe_of({"optimizer": "sgd"})[0] == RunConfig(optimizer="sgd")
    assert recipe_of({"architecture": "conv"})[0] == RunConfig(architecture="conv")
    assert recipe_of({"optimizer": "sgd", "learning_rate": "0.5"})[0].learning_rate == 0.5


def test_each_wrong_field_gets_its_sentence_and_the_rest_works() -> None:
    config, problems = recipe_of({"latent_dim": "0", "epochs": "many", "model": "ae", "run": "x"})
    assert config == RunConfig(model="ae")
    assert set(problems) == {"latent_dim", "epochs"}
    assert "from 1 to 256" in problems["latent_dim"]


def test_a_link_of_a_later_version_is_refused_in_a_sentence() -> None:
    config, problems = recipe_of({"version": "99", "latent_dim": "3"})
    assert "version" in problems
    assert config.latent_dim == 3


CHANGES = {
    "latent_dim": st.integers(1, 256), "epochs": st.integers(1, 500), "beta": st.floats(0, 1000),
    "optimizer": st.sampled_from(["gd", "sgd", "adam"]), "learning_rate": st.floats(1e-6, 100),
    "model": st.sampled_from(["ae", "vae"]), "dataset": st.sampled_from(["mnist", "kmnist"]),
    "hidden": st.sampled_from(["none", "32-16"]), "architecture": st.sampled_from(["mlp", "conv"]),
    "seed": st.integers(0, 2**31 - 1), "stop_loss": st.none() | st.floats(-100, 100),
    "sigma": st.just("auto") | st.floats(0.001, 10), "corruption": st.sampled_from(["none", "mask"]),
}  # fmt: skip


@st.composite
def recipes(draw: st.DrawFn) -> RunConfig:
    """A preset with a few changes that fit each other."""
    preset = PRESETS[draw(st.sampled_from(list(PRESETS)))].config
    names = draw(st.lists(st.sampled_from(list(CHANGES)), max_size=5, unique=True))
    changed = {name: draw(CHANGES[name]) for name in names}
    if {"architecture", "hidden"} & changed.keys():
        changed["hidden"] = None if "conv" in (changed.get("architecture"), preset.architecture) else "32-16"
    return preset.variant(**changed)


@given(recipes())
def test_a_short_link_means_the_same_recipe_as_the_complete_one(config: RunConfig) -> None:
    short = short_parameters_of(config)
    assert recipe_of(short) == recipe_of(parameters_of(config)) == (config, {})
    assert len(short) < len(parameters_of(config))


@pytest.mark.parametrize("name", PRESETS)
def test_a_short_link_of_a_preset_is_its_name_and_version(name: str) -> None:
    version = str(PRESETS[name].version)
    assert short_parameters_of(PRESETS[name].config) == {"preset": name, "preset_version": version}


@given(recipes(), st.sampled_from(list(PRESETS)))
def test_a_short_link_keeps_its_meaning_when_its_preset_changes(config: RunConfig, other: str) -> None:
    short = short_parameters_of(config)
    name = short["preset"]
    before = PRESETS[name]
    changed = replace(before, config=PRESETS[other].config.variant(epochs=77), version=before.version + 1)
    then = {(name, before.version): before.config.model_dump()}
    with patch.dict(PRESETS, {name: changed}), patch.dict(EARLIER, then):
        assert recipe_of(short) == (config, {})
        assert recipe_of(short_parameters_of(config)) == (config, {})


@pytest.mark.parametrize("version", ["0", "7", "one", "", "٣", "9" * 40])
def test_a_version_that_is_not_known_gets_a_sentence_and_the_newest(version: str) -> None:
    config, problems = recipe_of({"preset": "vae-20d", "preset_version": version, "epochs": "3"})
    assert config == PRESETS["vae-20d"].config.variant(epochs=3)
    assert list(problems) == ["preset_version"]


@given(
    st.dictionaries(
        st.sampled_from([*FIELD_NAMES, "version", "preset", "preset_version", "run"]), texts, max_size=6
    )
)
def test_any_link_gives_a_recipe_and_sentences(parameters: dict[str, str]) -> None:
    config, problems = recipe_of(parameters)
    assert isinstance(config, RunConfig)
    assert all(name in sentence.casefold() for name, sentence in problems.items())
