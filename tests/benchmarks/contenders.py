"""The same VAE, trained by different programs: 784-400-20, batch 128, Adam 1e-3, fp32, grey MNIST.

Each program runs in a process of its own, as a user would start it, and says one line of JSON an
epoch: `python -m tests.benchmarks.contenders NAME --epochs 10 --seed 0`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from vaelab.paths import PROJECT


@dataclass(frozen=True)
class Contender:
    """A program to train with: the module that has its `epochs`, and what it needs beside ours."""

    title: str
    module: str
    needs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    on_torch: bool = True

    def missing(self) -> str | None:
        """A sentence for the table if a package is not installed."""
        lacking = [name for name in self.needs if find_spec(name) is None]
        if not lacking:
            return None
        file = f"tests/benchmarks/requirements-{self.module}.txt"
        return f"{self.title} was left out: {', '.join(lacking)} not installed (pip install -r {file})."


CONTENDERS = {
    "conventional": Contender("conventional PyTorch loop", "conventional"),
    "same-start": Contender(
        "the same loop from the weights that vaelab starts with", "conventional", arguments=("vaelab",)
    ),
    "pythae": Contender("pythae", "pythae", ("pythae",)),
    "keras": Contender("Keras 3 on JAX", "keras", ("keras", "jax"), on_torch=False),
    "fp32": Contender("vaelab, fp32", "own", arguments=("vae-20d", "fp32")),
    "auto": Contender("vaelab, precision auto", "own", arguments=("vae-20d", "auto")),
    "fast": Contender("vaelab, preset vae-20d-fast", "own", arguments=("vae-20d-fast", "auto")),
}


@dataclass(frozen=True)
class Epoch:
    """Seconds of training and testing for one epoch, and the test negative ELBO after it, in nats."""

    seconds: float
    neg_elbo: float


def run(name: str, epochs: int, seed: int) -> list[Epoch]:
    """Let a contender train in a process of its own.

    Raises
    ------
    RuntimeError
        If it fails, with the end of what it printed.
    """
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        __name__,
        name,
        "--epochs",
        str(epochs),
        "--seed",
        str(seed),
    ]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPATH": str(PROJECT), "BENCH_FOLDER": folder}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"seconds"')]
    if done.returncode or len(lines) != epochs:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return [Epoch(**json.loads(line)) for line in lines]


def timed(neg_elbos: Iterator[float]) -> Iterator[Epoch]:
    """Time how long the next epoch takes, testing included."""
    begun = time.perf_counter()
    for neg_elbo in neg_elbos:
        now = time.perf_counter()
        yield Epoch(now - begun, neg_elbo)
        begun = now


def main() -> None:
    """Be one contender."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=CONTENDERS)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    wanted = parser.parse_args()
    contender = CONTENDERS[wanted.name]
    program = import_module(f"tests.benchmarks.programs.{contender.module}")
    if contender.on_torch:
        import_module("torch._dynamo")  # which PyTorch's first optimizer imports, and nobody's training is
    for epoch in timed(program.epochs(wanted.epochs, wanted.seed, *contender.arguments)):
        print(json.dumps({"seconds": epoch.seconds, "neg_elbo": epoch.neg_elbo}), flush=True)


if __name__ == "__main__":
    main()
