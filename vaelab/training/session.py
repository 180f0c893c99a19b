"""One training in progress: the model, its optimizer, its random numbers and its counters."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator

import numpy as np
import torch
from torch import Tensor

from vaelab import events
from vaelab.config.run_config import RunConfig
from vaelab.data.loading import Dataset
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import Codes, embed_in_steps
from vaelab.models.evaluation import Evaluation, baselines, evaluate_in_steps, mean_of
from vaelab.models.hardware import settle_precision
from vaelab.models.kinds.image import to_unit
from vaelab.models.objective import CORRUPTIONS, beta_at, learning_rate_at, reconstruction, squared_error
from vaelab.models.randomness import generator_for
from vaelab.training.checkpoint import checkpoint
from vaelab.training.optimizers import make_optimizer
from vaelab.training.pictures import Previewer, snapshot
from vaelab.training.totals import Clock, Totals

CHUNK = {"mlp": 1024, "conv": 128}
"""Most images that one backward pass takes; a larger step accumulates its gradient."""

SIGMA_WINDOW = 10_000
"""Training images over which `sigma` auto averages the squared error."""

EARLY_SNAPSHOTS = (1, 4, 16, 64, 256)
"""Steps of the first epoch after which a snapshot is taken: most of what is worth seeing is early."""


class Session:
    """A training in progress. `work` does it; all else is asked between two of its pieces.

    Parameters
    ----------
    config, data: what to train, on what.
    device: where.
    """

    def __init__(self, config: RunConfig, data: Dataset, device: torch.device) -> None:
        self.config, self.data, self.device = config, data, device
        self.precision = settle_precision(config, device)
        self.subset, held_out = _split(config, len(data.x_train))
        self.images = len(data.x_train) if self.subset is None else len(self.subset)
        self.batch = self.images if config.optimizer == "gd" else min(config.batch_size, self.images)
        self.steps_per_epoch = math.ceil(self.images / self.batch)
        self.x_train = np.asarray(data.x_train)  # of a memory map the bare array, which is quicker to index
        self.x_held_out = self.x_train.take(held_out, 0)
        mean_image = mean_of(self.x_train, self.subset)
        self.model = Autoencoder(config, data.spec.shape, mean_image)
        self.baselines = baselines(self.model, mean_image, data.x_test)
        self.model.to(device)
        self.optimizer = make_optimizer(config, self.model)
        self.step = 0
        self.told_step = 0
        """The step of which, and of all before, everything has been said."""
        self.epoch = 0
        """Whole epochs, trained and evaluated."""
        self.evaluated_step = -1
        self.train_objective = math.inf
        """Mean training objective of the last whole epoch."""
        self.totals = Totals()
        self.finite = True
        self.clock = Clock()
        self.previewer = Previewer(self.model, data)
        self.start_epoch()
        self._at_step_start: dict[str, Tensor] | None = None

    def work(self) -> Iterator[events.Event | None]:
        """Train to the last epoch. None stands for a moment between two pieces of work.

        Only such a moment is one to stop at: what is said of one step is said together, so that a
        resumed training neither repeats nor leaves out any of it. Returns early when the loss is no
        longer finite or has reached `stop_loss`.
        """
        while self.epoch < self.config.epochs and not self.reached_stop_loss():
            order = self._order_of_epoch()
            end = (self.epoch + 1) * self.steps_per_epoch
            yield None
            while self.told_step < end:
                if self.told_step == self.step:
                    yield from self._one_step(order)
                if not self.finite:
                    return
                yield from self._tell(end)
            yield from self.evaluate()
            if not self.finite:
                return
            self.start_epoch()

    def _one_step(self, order: Tensor) -> Iterator[None]:
        self._at_step_start = self.generator_states()
        first = (self.step - self.epoch * self.steps_per_epoch) * self.batch
        indices = order[first : first + self.batch]
        total = self.steps_per_epoch * self.config.epochs
        self.optimizer.param_groups[0]["lr"] = learning_rate_at(self.config, self.step, total)
        self.optimizer.zero_grad()
        sums = torch.zeros(4, dtype=torch.float64)
        for chunk in indices.split(CHUNK[self.config.architecture]):
            sums += self._accumulate(chunk, len(indices))
            yield None
        objective, recon, kl, squared = (sums / len(indices)).tolist()
        self.finite = math.isfinite(objective)
        if self.finite:
            self.optimizer.step()
            self.step += 1
            self.totals.add(len(indices), objective, recon, kl)
            self._follow_sigma(squared / math.prod(self.data.spec.shape), len(indices))
        self._at_step_start = None

    def _accumulate(self, chunk: Tensor, size: int) -> Tensor:
        """Add a chunk's gradient; return its summed objective, recon, kl and squared error."""
        config, rows = self.config, chunk.numpy()
        x = to_unit(self.x_train.take(rows if self.subset is None else self.subset[rows], 0), self.device)
        corrupt = CORRUPTIONS[config.corruption]
        seen = corrupt(x, config.corruption_strength, self.generators["corruption"])
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16"):
            posterior = self.model.encode(seen)
            output = self.model.output(posterior.sample(self.generators["noise"]))
        recon = reconstruction(output, x, self.model.sigma).sum()
        kl = posterior.kl()
        beta = beta_at(config, self.step, self.steps_per_epoch)
        objective = recon if kl is None else recon + beta * kl.sum()
        (objective / size).backward()
        squared = squared_error(output.detach(), x).sum() if config.reconstruction == "mse" else None
        parts = (objective, recon, None if kl is None else kl.sum(), squared)
        return torch.tensor([0.0 if part is None else part.item() for part in parts], dtype=torch.float64)

    def _follow_sigma(self, mse: float, images: int) -> None:
        """Move sigma^2 towards the step's squared error a pixel (Rybkin et al. 2021, section 3.2)."""
        sigma = self.model.sigma
        if sigma is not None and self.config.sigma == "auto":
            share = 1.0 if self.step == 1 else min(1.0, images / SIGMA_WINDOW)
            variance = (1 - share) * float(sigma) ** 2 + share * mse
            sigma.fill_(max(1e-3, math.sqrt(variance)))

    def _tell(self, epoch_end: int) -> Iterator[events.Event | None]:
        """Events placed by the step count alone, and a preview when the clock says so.

        Nothing is shown of codes that are no longer finite: the next step ends the training.
        """
        pictures = yield from self._pictures()
        every = max(1, self.steps_per_epoch // 50)
        if self.step <= 20 or self.step % every == 0 or self.step == epoch_end:
            yield self._step_event()
        yield from (picture for picture in pictures if np.isfinite(picture.mean).all())
        self.told_step = self.step

    def _pictures(self) -> Generator[None, None, list[events.Snapshot | events.Preview]]:
        pictures: list[events.Snapshot | events.Preview] = []
        if self.step in EARLY_SNAPSHOTS and self.step < self.steps_per_epoch:
            codes = yield from embed_in_steps(self.model, self.data.x_test)
            pictures.append(snapshot(self.model, self.data, self.step, self.progress(), codes))
        if self.previewer.due(self.clock.seconds()):
            pictures.append(self.preview())
        return pictures

    def evaluate(self) -> Iterator[events.Event | None]:
        """Evaluate the model as it is, then say so, with a snapshot and a checkpoint.

        Nothing is said of a model that is no longer finite.
        """
        result = yield from evaluate_in_steps(self.model, self.data.x_test)
        self.finite = math.isfinite(result.recon + result.mse + (result.kl or 0.0))
        if not self.finite:
            return
        held_out = None
        if len(self.x_held_out):
            held_out = yield from evaluate_in_steps(self.model, self.x_held_out)
        objective = self.totals.epoch_objective()
        self.evaluated_step, self.epoch = self.step, self.step // self.steps_per_epoch
        if objective is not None and self.step == self.epoch * self.steps_per_epoch:
            self.train_objective = objective
            self.totals.start_epoch()
        yield self._evaluated_event(result, objective, held_out)
        yield snapshot(self.model, self.data, self.step, self.progress(), Codes(result.mean, result.logvar))
        yield checkpoint(self)

    def _step_event(self) -> events.Step:
        objective, recon, kl = self.totals.since_last()
        total = self.steps_per_epoch * self.config.epochs
        is_vae = self.config.model == "vae"
        return events.Step(
            step=self.step,
            epoch=self.progress(),
            objective=objective,
            recon=recon,
            kl=kl if is_vae else None,
            beta=beta_at(self.config, self.step - 1, self.steps_per_epoch) if is_vae else None,
            learning_rate=learning_rate_at(self.config, self.step - 1, total),
        )

    def _evaluated_event(
        self, result: Evaluation, objective: float | None, held_out: Evaluation | None
    ) -> events.Evaluated:
        sigma = self.model.sigma
        return events.Evaluated(
            step=self.step,
            epoch=self.progress(),
            recon=result.recon,
            mse=result.mse,
            kl=result.kl,
            neg_elbo=result.neg_elbo,
            kl_per_dim=result.kl_per_dim,
            train_objective=objective,
            sigma=None if sigma is None else float(sigma),
            seconds=self.clock.seconds(),
            held_out_recon=held_out.recon if held_out else None,
            held_out_kl=held_out.kl if held_out else None,
            held_out_mse=held_out.mse if held_out else None,
            active_units=result.active_units,
            aggregate_variance=result.aggregate_variance,
        )

    def preview(self) -> events.Preview:
        """What a live view shows of the model as it is."""
        seconds = self.clock.seconds()
        speed = self.progress() * self.images / max(seconds, 1e-9)
        return self.previewer.preview(self.step, self.progress(), speed, seconds)

    def progress(self) -> float:
        """Epochs done, with the fraction of the one under way."""
        return round(self.step / self.steps_per_epoch, 6)

    def weights_are_finite(self) -> bool:
        """Whether the model is worth keeping: a finite loss may have had a gradient that was not."""
        return all(bool(weight.isfinite().all()) for weight in self.model.parameters())

    def reached_stop_loss(self) -> bool:
        """Whether the objective of the last whole epoch after any warm-up is at or below `stop_loss`."""
        wanted = self.config.stop_loss
        warming = self.config.model == "vae" and self.epoch - 1 < self.config.beta_warmup
        return wanted is not None and not warming and self.train_objective <= wanted

    def generator_states(self) -> dict[str, Tensor]:
        """States of the epoch's generators; within a step, those it started with."""
        current = {name: generator.get_state() for name, generator in self.generators.items()}
        return self._at_step_start or current

    def start_epoch(self) -> None:
        """One generator a purpose, fixed by seed and epoch, so that resuming needs no history."""
        names = ("noise", "corruption")
        self.generators = {name: generator_for(self.config.seed, name, self.epoch) for name in names}

    def _order_of_epoch(self) -> Tensor:
        return torch.randperm(self.images, generator=generator_for(self.config.seed, "batches", self.epoch))


def _split(config: RunConfig, available: int) -> tuple[np.ndarray | None, np.ndarray]:
    """Indices of the training images to use, drawn by the seed, or None for all; and of those held out.

    Which are held out is the same for every seed, so that seeds can be compared on them.
    """
    drawn = torch.randperm(available, generator=generator_for(0, "held_out")).numpy()
    held_out = np.sort(drawn[: min(config.held_out, available // 2)])
    if not len(held_out) and config.train_size >= available:
        return None, held_out
    rest = np.setdiff1d(np.arange(available), held_out, assume_unique=True)
    order = torch.randperm(len(rest), generator=generator_for(config.seed, "subset")).numpy()
    return np.sort(rest[order[: config.train_size]]), held_out
