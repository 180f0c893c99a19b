"""What a sweep is made of, and what is no sweep."""

from __future__ import annotations

import pytest

from vaelab.config import RunConfig
from vaelab.sweeps.plan import HELD_OUT, MOST_RUNS, plan


def test_a_sweep_has_every_value_with_every_seed_and_nothing_else_changes():
    base = RunConfig(epochs=2, seed=5)
    sweep = plan(base, [("beta", ["0.1", "1", "4"])], seeds=3)
    assert [(config.beta, config.seed) for config in sweep.configs] == [
        (beta, seed) for beta in (0.1, 1.0, 4.0) for seed in (5, 6, 7)
    ]
    for config in sweep.configs:
        assert config == base.variant(beta=config.beta, seed=config.seed, held_out=HELD_OUT)


def test_two_fields_make_every_pair_once():
    sweep = plan(RunConfig(), [("latent_dim", (2, 8)), ("optimizer", ("adam", "sgd", "gd"))], seeds=1)
    pairs = [(config.latent_dim, config.optimizer) for config in sweep.configs]
    assert len(pairs) == len(set(pairs)) == 6


def test_what_follows_a_swept_field_follows_it():
    """An optimizer comes with its own learning rate, as on the form."""
    rates = {config.optimizer: config.learning_rate for config in
             plan(RunConfig(), [("optimizer", ("adam", "sgd"))], seeds=1).configs}  # fmt: skip
    assert rates["adam"] != rates["sgd"]


def test_the_same_value_twice_is_one_value():
    assert len(plan(RunConfig(), [("beta", ("1", "1.0", "2"))], seeds=1).configs) == 2


@pytest.mark.parametrize(
    ("given", "seeds", "said"),
    [
        ([], 1, "one field or two"),
        ([("beta", (1, 2)), ("beta", (3, 4))], 1, "two different"),
        ([("beta", (1, 2))], 6, "from 1 to 5"),
        ([("beta", (1,))], 1, "at least two"),
        ([("beta", (1, -2))], 1, "Beta: must be a number from 0"),
        ([("seed", (1, 2))], 1, "cannot be swept"),
        ([("depth", (1, 2))], 1, "cannot be swept"),
        ([("latent_dim", range(1, MOST_RUNS + 2))], 1, f"at most {MOST_RUNS}"),
    ],
)
def test_what_is_no_sweep_gets_a_sentence(given, seeds, said):
    with pytest.raises(ValueError, match=said):
        plan(RunConfig(), given, seeds)


def test_a_field_without_effect_is_not_swept():
    with pytest.raises(ValueError, match="only a VAE"):
        plan(RunConfig(model="ae"), [("beta", (1, 2))])
    both = plan(RunConfig(model="ae"), [("model", ("ae", "vae")), ("beta", (1, 2))], seeds=1)
    assert len(both.configs) == 4
