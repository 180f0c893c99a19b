"""A link holds a whole recipe, and a wrong part of it does not spoil the rest."""

from hypothesis import given
from hypothesis import strategies as st

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig
from vaelab.ui.session import parameters_of
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


@given(st.dictionaries(st.sampled_from([*FIELD_NAMES, "version", "preset", "run"]), texts, max_size=6))
def test_any_link_gives_a_recipe_and_sentences(parameters: dict[str, str]) -> None:
    config, problems = recipe_of(parameters)
    assert isinstance(config, RunConfig)
    assert all(sentence.startswith(name) for name, sentence in problems.items())
