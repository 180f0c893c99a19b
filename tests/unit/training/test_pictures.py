"""Pictures of a model in training."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import Codes, decode, embed, reconstruct
from vaelab.models.forward import forward_pass
from vaelab.training import pictures
from vaelab.training.pictures import Previewer, kept_codes, snapshot

VAE = RunConfig(hidden="16", latent_dim=3)
SHAPE = (1, 28, 28)


@pytest.fixture(params=["vae", "ae"])
def model(request: pytest.FixtureRequest) -> Autoencoder:
    return Autoencoder(VAE.variant(model=request.param), SHAPE)


# Snapshots


def test_a_snapshot_is_the_model_in_small(model, tiny):
    codes = embed(model, tiny.x_test)
    taken = snapshot(model, tiny, 7, 0.5, codes)
    assert (taken.step, taken.epoch) == (7, 0.5)
    assert taken.mean.dtype == np.float16
    np.testing.assert_allclose(taken.mean, codes.mean, rtol=1e-3, atol=1e-4)
    assert (taken.logvar is None) == (model.config.model == "ae")
    assert np.array_equal(taken.reconstructions, reconstruct(model, tiny.x_test[:64]))


def test_a_snapshots_weights_make_the_decoder_again(model, tiny):
    taken = snapshot(model, tiny, 1, 0.1, embed(model, tiny.x_test))
    other = Autoencoder(model.config.variant(seed=99), SHAPE)
    weights = {name: torch.tensor(array).float() for name, array in taken.decoder.items()}
    assert not other.load_state_dict(weights, strict=False).unexpected_keys
    z = np.random.default_rng(0).normal(size=(20, 3))
    assert np.abs(decode(other, z).astype(int) - decode(model, z)).max() <= 1


@pytest.mark.filterwarnings("error")
def test_what_is_finite_stays_finite_in_half_precision(model, tiny):
    codes = Codes(np.array([[1e6, -1e30, 3.0]], np.float32), None)
    taken = snapshot(model, tiny, 1, 0.1, codes)
    assert taken.mean.tolist() == [[65504, -65504, 3]]


@pytest.mark.parametrize(
    ("numbers", "has_logvar", "kept"),
    [(2, True, 10_000), (25, True, 10_000), (26, True, 9_615), (50, False, 10_000), (256, True, 976)],
)
def test_a_snapshot_keeps_as_many_codes_as_are_half_a_million_numbers(numbers, has_logvar, kept):
    codes = np.zeros((10_000, numbers), np.float32)
    assert kept_codes(Codes(codes, codes if has_logvar else None)) == kept


def test_the_codes_that_are_kept_are_the_first_ones(model, tiny, monkeypatch):
    monkeypatch.setattr(pictures, "KEPT_NUMBERS", 60)
    codes = embed(model, tiny.x_test)
    taken = snapshot(model, tiny, 1, 0.1, codes)
    assert taken.mean.size + (0 if taken.logvar is None else taken.logvar.size) == 60
    np.testing.assert_array_equal(taken.mean, codes.mean[: len(taken.mean)].astype(np.float16))


# Previews


def test_one_test_image_of_each_class_in_their_order(tiny):
    first = [
        replace(tiny, y_test=np.array(labels)).first_of_each_class() for labels in ([2, 0, 2, 1, 0], [5, 3])
    ]
    assert [indices.tolist() for indices in first] == [[1, 3, 0], [1, 0]]


def test_a_preview_shows_the_model_as_it_is(model, tiny, monkeypatch):
    monkeypatch.setattr(pictures, "CODES", 100)
    previewer = Previewer(model, tiny)
    before = previewer.preview(1, 0.1, 500.0, 1.0)
    for weight in model.parameters():
        weight.data.mul_(1.5)
    now = previewer.preview(2, 0.2, 600.0, 2.0)
    assert (now.step, now.epoch, now.images_per_second) == (2, 0.2, 600)
    assert not np.array_equal(now.mean, before.mean)
    np.testing.assert_array_equal(now.mean, embed(model, tiny.x_test[:100]).mean)
    shown = tiny.x_test[tiny.first_of_each_class()]
    assert np.array_equal(now.reconstructions, reconstruct(model, shown))
    expected = forward_pass(model, shown).values
    assert now.forward.keys() == expected.keys()
    assert all(np.array_equal(now.forward[name], expected[name]) for name in expected)
    if model.config.model == "ae":
        assert now.samples is None
    else:
        assert now.samples.shape == (16, *SHAPE)


def test_samples_are_decoded_from_the_same_draws_each_time(tiny):
    model = Autoencoder(VAE, SHAPE)
    first, second = (Previewer(model, tiny).preview(1, 0.1, 0.0, 0.0).samples for _ in range(2))
    assert np.array_equal(first, second)
    assert len(np.unique(first.reshape(16, -1), axis=0)) == 16


@pytest.mark.parametrize(
    ("cost", "pause"), [(0.0, pictures.SHORTEST_INTERVAL), (0.15, 0.15 / pictures.SHARE)]
)
def test_previews_take_a_small_share_of_the_time(cost, pause, tiny, monkeypatch):
    """The longer a preview took, the later the next one comes."""
    monkeypatch.setattr(pictures, "time", SimpleNamespace(perf_counter=iter([10.0, 10.0 + cost]).__next__))
    previewer = Previewer(Autoencoder(VAE, SHAPE), tiny)
    assert previewer.due(0.0)
    previewer.preview(1, 0.1, 0.0, 100.0)
    assert not previewer.due(100 + 0.99 * pause)
    assert previewer.due(100 + 1.01 * pause)
