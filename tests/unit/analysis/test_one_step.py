"""A step taken apart has the numbers of the training step itself."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch

from vaelab.analysis.one_step import Explained, explain_step
from vaelab.config import RunConfig
from vaelab.data import Dataset
from vaelab.export.script import sections
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.objective import beta_at
from vaelab.models.randomness import generator_for
from vaelab.training.session import Session

CONFIGS = {
    "vae": RunConfig(hidden="32-16", precision="fp32"),
    "beta-vae": RunConfig(hidden="32", latent_dim=5, beta=4, reconstruction="mse", precision="fp32"),
    "fixed sigma": RunConfig(hidden="none", reconstruction="mse", sigma=0.2, precision="fp32"),
    "ae": RunConfig(model="ae", hidden="none", code_activation="relu", latent_dim=8, precision="fp32"),
    "denoising": RunConfig(model="ae", hidden="24", corruption="mask", activation="gelu", precision="fp32"),
    "noise": RunConfig(hidden="24", corruption="gaussian", beta_warmup=1, precision="fp32"),
    "conv": RunConfig(architecture="conv", hidden="4-8/16", activation="tanh", precision="fp32"),
}
every_config = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)


def one_image(data: Dataset) -> Dataset:
    return dataclasses.replace(data, x_train=data.x_train[:1], y_train=data.y_train[:1])


def explained(config: RunConfig, model: Autoencoder, data: Dataset, **changed: float) -> Explained:
    generators = {name: generator_for(config.seed, name) for name in ("noise", "corruption")}
    return explain_step(model, data.x_train[0], **generators, **changed)


@every_config
def test_its_numbers_are_those_of_the_training_step(config: RunConfig, tiny: Dataset) -> None:
    data = one_image(tiny)
    session = Session(config, data, torch.device("cpu"))
    beta = beta_at(config, 0, session.steps_per_epoch)
    step = explained(config, session.model, data, beta=beta)
    assert all(weight.grad is None for weight in session.model.parameters()), "the model stays as it is"
    objective, recon, kl, _ = session._accumulate(torch.tensor([0]), 1).tolist()
    assert step.objective == pytest.approx(objective, rel=1e-5)
    assert step.recon == pytest.approx(recon, rel=1e-5)
    assert (step.kl or 0.0) == pytest.approx(kl, rel=1e-5)
    assert (step.kl is None) == (config.model == "ae")
    total = math.sqrt(sum(float(weight.grad.square().sum()) for weight in session.model.parameters()))
    assert math.hypot(*(gradient.size for gradient in step.gradients)) == pytest.approx(total, rel=1e-4)
    assert sum(gradient.parameters for gradient in step.gradients) == sum(
        weight.numel() for weight in session.model.parameters()
    )


@every_config
def test_its_numbers_follow_from_each_other_as_the_equations_say(config: RunConfig, tiny: Dataset) -> None:
    model = Autoencoder(config, tiny.spec.shape, tiny.x_train.mean(0) / 255)
    step = explained(config, model, tiny)
    assert np.array_equal(step.x, np.float32(tiny.x_train[0]) / np.float32(255))
    assert (step.seen == step.x).all() == (config.corruption == "none")
    if config.model == "vae":
        np.testing.assert_allclose(step.z, step.mean + np.exp(step.logvar / 2) * step.epsilon, rtol=1e-5)
        np.testing.assert_allclose(
            step.kl_per_dim, (step.mean**2 + np.exp(step.logvar) - 1 - step.logvar) / 2, atol=1e-6
        )
        assert step.kl == pytest.approx(step.kl_per_dim.sum(), rel=1e-5)
        assert step.objective == pytest.approx(step.recon + step.beta * step.kl, rel=1e-5)
    else:
        assert step.mean is step.logvar is step.epsilon is step.kl_per_dim is step.kl is step.beta is None
        assert step.objective == step.recon
    if config.reconstruction == "bce":
        x_hat = 1 / (1 + np.exp(-step.output.astype(float)))
        np.testing.assert_allclose(step.x_hat, x_hat, rtol=1e-4)
        terms = step.x * np.log(x_hat) + (1 - step.x) * np.log(1 - x_hat)
        assert step.recon == pytest.approx(-terms.sum(), rel=1e-4)
    else:
        density = -((step.output - step.x) ** 2) / (2 * step.sigma**2)
        density = density - math.log(step.sigma * math.sqrt(2 * math.pi))
        assert step.recon == pytest.approx(-density.sum(), rel=1e-4)


@every_config
def test_the_same_noise_gives_the_same_step_and_other_noise_another(config: RunConfig, tiny: Dataset) -> None:
    model = Autoencoder(config, tiny.spec.shape)
    noise, corruption = (torch.Generator().manual_seed(7) for _ in range(2))
    first = explain_step(model, tiny.x_train[0], noise=noise, corruption=corruption)
    again = explain_step(model, tiny.x_train[0], noise=noise, corruption=corruption)
    noise.manual_seed(7), corruption.manual_seed(7)
    repeated = explain_step(model, tiny.x_train[0], noise=noise, corruption=corruption)
    assert np.array_equal(repeated.z, first.z)
    assert repeated.objective == first.objective
    if config.model == "vae":
        assert not np.array_equal(again.epsilon, first.epsilon)


@every_config
def test_layers_have_the_names_that_they_have_in_the_listing(config: RunConfig, tiny: Dataset) -> None:
    model = Autoencoder(config, tiny.spec.shape)
    step = explained(config, model, tiny)
    program = {"x_train": torch.from_numpy(tiny.x_train.copy()) / 255, "device": "cpu"}
    setup, _, listed, *_ = sections(config)
    with torch.random.fork_rng():
        exec(setup.code, program)
        exec(listed.code, program)
    for gradient in step.gradients:
        layer = eval(f"model.{gradient.name}", program)
        assert sum(weight.numel() for weight in layer.parameters()) == gradient.parameters
    for hidden in step.hidden:
        assert isinstance(eval(f"model.{hidden.name}", program), torch.nn.Module)
        assert np.isfinite(hidden.values).all()
    assert len(step.hidden) == sum(
        type(layer).__name__ in ("ReLU", "GELU", "Tanh") for layer in model.encoder
    )
