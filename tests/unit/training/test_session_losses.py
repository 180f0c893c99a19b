"""The numbers of a training, compared with a plain training loop."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from vaelab import events
from vaelab.config import RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.kinds.image import to_unit
from vaelab.networks.sizes import IMAGES_A_PASS
from vaelab.training import session

SMALL = RunConfig(epochs=2, hidden="16")
"""A config with eight steps per epoch on the tiny data."""


def model_of(checkpoint: events.Checkpoint, config: RunConfig) -> Autoencoder:
    model = Autoencoder(config, (1, 28, 28))
    model.load_state_dict({name: torch.tensor(array) for name, array in checkpoint.model.items()})
    return model.requires_grad_(False)


def test_the_first_steps_are_those_of_a_vae_written_out(record, tiny):
    """Losses equal those of a plain loop with `torch.distributions`, in nats per image."""
    config = SMALL.variant(precision="fp32", beta=3, beta_warmup=1, epochs=1, lr_schedule="constant")
    recording = record(config)
    model = model_of(recording.of(events.Checkpoint)[0], config).requires_grad_(True)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate)
    order = torch.randperm(2000, generator=session.generator_for(config.seed, "batches"))
    noise = session.generator_for(config.seed, "noise")
    for step, (indices, event) in enumerate(zip(order.split(256), recording.of(events.Step), strict=True)):
        x = to_unit(tiny.x_train[indices.numpy()])
        mean, logvar = model.encoder(x).chunk(2, dim=1)
        posterior = torch.distributions.Normal(mean, (logvar / 2).exp())
        z = mean + posterior.stddev * torch.randn(mean.shape, generator=noise)
        recon = torch.nn.functional.binary_cross_entropy(model.decoder(z).sigmoid(), x, reduction="sum")
        kl = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0)).sum()
        loss = (recon + 3 * step / 8 * kl) / len(x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert (event.beta, event.learning_rate) == (3 * step / 8, config.learning_rate)
        expected = [value.item() for value in (loss, recon / len(x), kl / len(x))]
        assert [event.objective, event.recon, event.kl] == pytest.approx(expected, rel=1e-4)
    trained = model_of(recording.of(events.Checkpoint)[-1], config)
    for ours, theirs in zip(trained.parameters(), model.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-4)


@pytest.mark.parametrize("changes", [{}, {"architecture": "conv", "hidden": "4-8/16"}])
def test_bf16_gives_nearly_the_losses_of_fp32(changes, record):
    config = SMALL.variant(lr_schedule="constant", learning_rate=1e-3, **changes)
    exact, cast = ([event.objective for event in record(config.variant(precision=precision)).of(events.Step)]
                   for precision in ("fp32", "bf16"))  # fmt: skip
    assert cast != exact
    assert cast == pytest.approx(exact, rel=0.01)


def test_a_gradient_accumulated_over_chunks_is_that_of_one_batch(record, monkeypatch):
    config = SMALL.variant(model="ae", optimizer="gd", precision="fp32", learning_rate=0.1)
    results = []
    for size in (2000, 1024, 300):
        monkeypatch.setitem(IMAGES_A_PASS["training"], "dense", size)
        results.append(record(config))
    whole, *others = results
    for other in others:
        for ours, theirs in zip(other.of(events.Checkpoint), whole.of(events.Checkpoint), strict=True):
            for name, weight in theirs.model.items():
                np.testing.assert_allclose(ours.model[name], weight, rtol=1e-3, atol=1e-5)
        losses = [[event.objective for event in recording.of(events.Step)] for recording in (other, whole)]
        assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_the_epochs_objective_is_the_mean_over_its_images(record):
    recording = record(SMALL.variant(batch_size=300, beta=2))
    images = [300] * 6 + [200]
    steps = recording.of(events.Step)
    for epoch, event in enumerate(recording.of(events.Evaluated)):
        of_epoch = steps[epoch * 7 : epoch * 7 + 7]
        assert [step.objective for step in of_epoch] == pytest.approx(
            [step.recon + 2 * step.kl for step in of_epoch], rel=1e-5
        )
        mean = np.average([step.objective for step in of_epoch], weights=images)
        assert event.train_objective == pytest.approx(mean)


def test_sigma_auto_becomes_the_root_of_the_training_error(record, tiny):
    config = SMALL.variant(reconstruction="mse", epochs=30, precision="fp32")
    recording = record(config)
    model = model_of(recording.of(events.Checkpoint)[-1], config)
    x = to_unit(tiny.x_train)
    output = model.output(model.encode(x).sample(torch.Generator().manual_seed(1)))[0]
    sigma = recording.of(events.Evaluated)[-1].sigma
    assert sigma == pytest.approx((output - x).square().mean().sqrt().item(), rel=0.01)
    # Then the squared error in the exponent is half a nat a pixel.
    recon = np.mean([event.recon for event in recording.of(events.Step)[-8:]])
    assert recon == pytest.approx(784 * (0.5 + math.log(sigma * math.sqrt(2 * math.pi))), abs=784 * 0.01)


def test_a_given_sigma_stays(record):
    recording = record(SMALL.variant(reconstruction="mse", sigma=0.5))
    assert {event.sigma for event in recording.of(events.Evaluated)} == {0.5}
    assert {float(event.model["sigma"]) for event in recording.of(events.Checkpoint)} == {0.5}


def test_cross_entropy_has_no_sigma(record):
    recording = record(SMALL.variant(sigma=0.5))
    assert {event.sigma for event in recording.of(events.Evaluated)} == {None}
    assert all("sigma" not in event.model for event in recording.of(events.Checkpoint))
