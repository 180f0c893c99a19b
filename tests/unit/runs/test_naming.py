"""What a run is called without a name of its own: runs that differ are called different things."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaelab.config import FIELD_NAMES, PRESETS, RunConfig, in_words
from vaelab.config.in_force import in_force
from vaelab.runs import RunStore, describe
from vaelab.runs.naming import MOST_STATED

CHANGES = {
    "model": ["ae", "vae"],
    "dataset": ["mnist", "kmnist"],
    "latent_dim": [2, 10, 20, 256],
    "epochs": [1, 3, 10],
    "activation": ["relu", "gelu", "leaky_relu"],
    "code_activation": ["none", "relu"],
    "reconstruction": ["bce", "mse"],
    "corruption": ["none", "mask"],
    "corruption_strength": [0.3, 0.5],
    "beta": [0.0, 1.0, 4.0],
    "optimizer": ["adam", "sgd"],
    "learning_rate": [0.001, 0.01],
    "batch_size": [128, 256],
    "held_out": [0, 5000],
    "seed": [0, 1],
}


@st.composite
def recipes(draw: st.DrawFn, most: int) -> RunConfig:
    """A preset with a few changes."""
    preset = PRESETS[draw(st.sampled_from(list(PRESETS)))].config
    names = draw(st.lists(st.sampled_from(list(CHANGES)), max_size=most, unique=True))
    return preset.variant(**{name: draw(st.sampled_from(CHANGES[name])) for name in names})


def meaning(config: RunConfig) -> dict[str, str | None]:
    return {name: in_force(config, name) for name in FIELD_NAMES}


@given(recipes(most=2), recipes(most=2))
def test_recipes_that_differ_in_effect_have_names_that_differ(first: RunConfig, second: RunConfig) -> None:
    assert (describe(first) == describe(second)) == (meaning(first) == meaning(second))


@given(recipes(most=12), st.sampled_from([(), ("beta",), ("latent_dim", "optimizer")]))
def test_a_name_stays_short_and_begins_with_the_familiar(config: RunConfig, varied: Sequence[str]) -> None:
    parts = describe(config, varied).split(" · ")
    assert parts[:3] == [config.traits.label, in_words("dataset", config.dataset), f"{config.latent_dim}-D"]
    assert len(parts) <= 4 + 1 + len(varied) + 1 + MOST_STATED + 1
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize("epochs", [3, 10])
def test_the_first_recipe_needs_no_more_words(epochs: int) -> None:
    assert describe(RunConfig(epochs=epochs)) == f"VAE · MNIST · 2-D · {epochs} epochs"
    assert describe(RunConfig(epochs=epochs, model="ae")) == f"AE · MNIST · 2-D · {epochs} epochs"
    assert describe(RunConfig(epochs=epochs, beta=4)) == f"VAE · MNIST · 2-D · {epochs} epochs · beta 4"


@given(
    st.lists(st.sampled_from([0.1, 1.0, 4.0, 10.0]), min_size=2, unique=True),
    st.lists(st.integers(0, 9), min_size=1, unique=True),
    recipes(most=3),
)
def test_the_runs_of_a_sweep_differ_by_its_values_and_seeds(
    betas: list[float], seeds: list[int], base: RunConfig
) -> None:
    configs = [base.variant(model="vae", beta=beta, seed=seed) for beta in betas for seed in seeds]
    assert len({describe(config, ("beta",)) for config in configs}) == len(configs)


def test_a_sweep_states_its_values_even_where_they_are_those_of_the_preset(tmp_path) -> None:
    config = RunConfig(epochs=3, held_out=5000)
    alone = RunStore(tmp_path).create(config)
    swept = RunStore(tmp_path).create(config, group="3f2a991b", kind="sweep", axes=("beta",))
    assert alone.in_words == "VAE · MNIST · 2-D · 3 epochs · held-out images 5,000"
    assert swept.title == swept.in_words == "VAE · MNIST · 2-D · 3 epochs · beta 1 · seed 0"
    assert (alone.short_group, swept.short_group) == ("", "sweep 3f2a99")
    swept.set_meta(name="Mine")
    assert swept.title == "Mine"
