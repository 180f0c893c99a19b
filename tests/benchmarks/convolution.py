"""The convolutional network: our step beside a plain one, and what its preset gives for its time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import mean, median
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.benchmarks.report import Table
from vaelab import events, train
from vaelab.config import PRESETS, RunConfig
from vaelab.data import load
from vaelab.networks.layers import Layer, network_layers

Found = TypeVar("Found")

ROUNDS = 3
WARM_UP = 20
"""Steps before the clock starts."""
STEPS = 300
"""Steps that are timed, about."""
WANTED_RATIO = 1.7

KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000"}
"""Of the GNU C library; others do not read it."""

SEEDS = (0, 1, 2)
WANTED_SECONDS = 60


def measure() -> Iterator[Table]:
    """Tables of images a second, and of what both presets of two dimensions reach."""
    yield steps_table()
    yield presets_table([alone(full_run, name, seed) for seed in SEEDS for name in ("vae-2d", "conv-vae")])


def alone(task: Callable[..., Found], *arguments: object, keep_memory: bool = False) -> Found:
    """Call a function in a process of its own: what ran before decides how memory is found again.

    Parameters
    ----------
    keep_memory: tell the C library to keep what was freed instead of giving it back to the system.
        Fetching it again can take half of a plain step's time.
    """
    before = dict(os.environ)
    os.environ.update(KEEP_MEMORY if keep_memory else {})
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            return process.submit(task, *arguments).result()
    finally:
        os.environ.clear()
        os.environ.update(before)


def steps_table() -> Table:
    """Images a second of the preset, and of the same network as it is written down first."""
    config = PRESETS["conv-vae"].config
    contenders: dict[str, Callable[[], float]] = {
        "in memory, fp32, contiguous": lambda: alone(plain_speed, config),
        "vaelab, fp32": lambda: alone(our_speed, config.variant(precision="fp32")),
        "vaelab": lambda: alone(our_speed, config),
        "in memory, freed memory kept": lambda: alone(plain_speed, config, keep_memory=True),
        "vaelab, freed memory kept": lambda: alone(our_speed, config, keep_memory=True),
    }
    speeds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, speed in contenders.items():
            speeds[name].append(speed())
    plain, plain_kept = speeds["in memory, fp32, contiguous"], speeds["in memory, freed memory kept"]
    rows = []
    for name, found in speeds.items():
        spread = f"{min(found):,.0f} to {max(found):,.0f}"
        ratios = (f"{ratio_of_rounds(found, other):.2f}" for other in (plain, plain_kept))
        rows.append((name, f"{median(found):,.0f}", spread, *ratios))
    title = f"conv-vae: training steps, hidden {config.hidden}, batch {config.batch_size}, {ROUNDS} rounds"
    note = f"Wanted of vaelab: {WANTED_RATIO} times the plain loop, in training steps of `train()`."
    header = ("step", "images/s, median", "range", "times the plain loop", "times that with memory kept")
    return Table(title, header, rows, (note,))


def ratio_of_rounds(found: list[float], other: list[float]) -> float:
    """Median of the ratios in each round: both were then measured in the same minute."""
    return median(own / their for own, their in zip(found, other, strict=True))


def our_speed(config: RunConfig) -> float:
    """Images a second through `train`, from one `Step` to another."""
    training = train(config)
    first = _step_from(training, WARM_UP)
    begun = time.perf_counter()
    last = _step_from(training, WARM_UP + STEPS)
    seconds = time.perf_counter() - begun
    training.close()
    return (last - first) * config.batch_size / seconds


def _step_from(training: Iterator[events.Event], wanted: int) -> int:
    """The number of the first step said that is not before the wanted one."""
    return next(event.step for event in training if isinstance(event, events.Step) and event.step >= wanted)


def plain_speed(config: RunConfig) -> float:
    """Images a second of a loop over images in memory, with what it costs nothing to know.

    Fused Adam, cross-entropy of logits, no denormal numbers: what is left is the work itself, with
    PyTorch's own layers in the layout and precision that they have by default.
    """
    data = load(config.dataset)
    torch.manual_seed(config.seed)
    vae = PlainVAE(config, data.spec.shape)
    optimizer = torch.optim.Adam(vae.parameters(), lr=1e-3, fused=True)
    images = torch.from_numpy(np.array(data.x_train))
    torch.set_flush_denormal(True)
    for step, chosen in enumerate(torch.randperm(len(images)).split(config.batch_size)):
        if step == WARM_UP:
            begun = time.perf_counter()
        if step == WARM_UP + STEPS:
            break
        x = images[chosen].float() / 255
        optimizer.zero_grad()
        vae.negative_elbo(x).mean().backward()
        optimizer.step()
    return STEPS * config.batch_size / (time.perf_counter() - begun)


class PlainVAE(nn.Module):
    """The network of a config, made of PyTorch's modules as they come, for 2-D images."""

    def __init__(self, config: RunConfig, shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.encoder, self.decoder = (
            nn.Sequential(*map(plain_module, layers)) for layers in network_layers(config, shape)
        )
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
                # PyTorch's own start leaves deep convolutional networks at the mean image.
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def negative_elbo(self, x: Tensor) -> Tensor:
        """Nats an image, (B,)."""
        mean_, logvar = self.encoder(x).chunk(2, dim=-1)
        logits = self.decoder(mean_ + torch.exp(0.5 * logvar) * torch.randn_like(mean_))
        cross_entropy = functional.binary_cross_entropy_with_logits(logits, x, reduction="none")
        kl = 0.5 * (mean_.square() + logvar.exp() - 1 - logvar)
        return cross_entropy.flatten(1).sum(1) + kl.sum(1)


def plain_module(layer: Layer) -> nn.Module:
    """PyTorch's module for a layer."""
    match layer.operation, layer.attributes:
        case "linear", {"inputs": inputs, "outputs": outputs, **more}:
            return nn.Linear(inputs, outputs * more.get("parts", 1))
        case "conv", {"inputs": inputs, "outputs": outputs, "stride": stride}:
            return nn.Conv2d(inputs, outputs, 3, stride, 1)
        case "conv_transpose", {"inputs": inputs, "outputs": outputs, "stride": stride, **more}:
            return nn.ConvTranspose2d(inputs, outputs, 3, stride, 1, more["output_padding"])
        case "reshape", {"shape": shape}:
            return nn.Unflatten(1, shape)
        case "flatten", _:
            return nn.Flatten()
        case "relu", _:
            return nn.ReLU()
        case "leaky_relu", _:
            return nn.LeakyReLU(0.01)
        case operation, _:
            raise ValueError(f"The plain loop does not know {operation}; write it down here.")


@dataclass(frozen=True)
class FullRun:
    """A preset, trained to its end."""

    preset: str
    seconds: float
    """From the call of `train` to its last event."""
    neg_elbo: float
    """Of the test images, in nats."""


def full_run(preset: str, seed: int) -> FullRun:
    """Train a preset through `train`, with all that it says on the way."""
    neg_elbo = float("nan")
    begun = time.perf_counter()
    for event in train(PRESETS[preset].config.variant(seed=seed)):
        if isinstance(event, events.Evaluated) and event.neg_elbo is not None:
            neg_elbo = event.neg_elbo
    return FullRun(preset, time.perf_counter() - begun, neg_elbo)


def presets_table(runs: list[FullRun]) -> Table:
    """What each preset reaches, over its seeds."""
    rows = []
    for preset in dict.fromkeys(run.preset for run in runs):
        config = PRESETS[preset].config
        seconds = [run.seconds for run in runs if run.preset == preset]
        reached = [run.neg_elbo for run in runs if run.preset == preset]
        rows.append(
            (
                preset,
                f"{config.epochs}",
                f"{median(seconds):.1f}",
                f"{max(seconds):.1f}",
                f"{mean(reached):.2f}",
                f"{min(reached):.2f} to {max(reached):.2f}",
            )
        )
    header = (
        "preset",
        "epochs",
        "seconds in all, median",
        "longest",
        "test negative ELBO, nats, mean",
        "range",
    )
    note = f"Wanted: conv-vae better than vae-2d, in at most {WANTED_SECONDS} s."
    seeds = len(runs) // len(rows)
    return Table(f"Presets of two dimensions, whole trainings, {seeds} seeds", header, rows, (note,))
