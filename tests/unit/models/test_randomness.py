"""Random numbers by purpose."""

from __future__ import annotations

from itertools import product

import torch

from vaelab.models.randomness import _PURPOSES, generator_for


def draw(*key) -> tuple[float, ...]:
    return tuple(torch.randn(4, generator=generator_for(*key)).tolist())


def test_the_same_key_gives_the_same_numbers():
    assert draw(3, "noise", 2) == draw(3, "noise", 2)


def test_every_seed_purpose_and_epoch_has_its_own_numbers():
    keys = list(product((0, 1, 2, 2_147_483_647), _PURPOSES, (0, 1, 2, 499)))
    assert len({draw(*key) for key in keys}) == len(keys)


def test_the_global_generator_stays_as_it_was():
    before = torch.get_rng_state()
    draw(0, "noise", 0)
    assert torch.equal(torch.get_rng_state(), before)


def test_purposes_keep_their_places():
    """Another order would make every saved run another run."""
    assert _PURPOSES == (
        "subset", "encoder", "decoder", "batches", "noise", "corruption", "evaluation", "preview", "held_out",
        "importance", "probed",
    )  # fmt: skip
    drawn = torch.randint(1000, (4,), generator=generator_for(7, "noise", 3))
    assert drawn.tolist() == [951, 656, 873, 806]
