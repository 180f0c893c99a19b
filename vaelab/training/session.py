"""One training in progress: the model, its optimizer, its random numbers and its counters."""

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from vaelab import events
from vaelab.config import RunConfig
from vaelab.data import Dataset
from vaelab.models.autoencoder import Autoencoder
from vaelab.models.codes import Codes, embed_in_steps
from vaelab.models.evaluation import Evaluation, evaluate_in_steps
from vaelab.models.hardware import settle_precision
from vaelab.models.objective import CORRUPTIONS
from vaelab.models.randomness import generator_for
from vaelab.models.reconstructions import baselines, squared_error
from vaelab.networks.sizes import images_a_pass
from vaelab.training.generators import Generators
from vaelab.training.optimizers import array_of, make_optimizer, optimizer_arrays, restore_optimizer
from vaelab.training.pictures import Previewer, snapshot
from vaelab.training.progress import Progress
from vaelab.training.steering import Steering
from vaelab.training.subset import subset_of

SIGMA_WINDOW = 10_000
"""Number of training images over which `sigma` auto averages the squared error."""

EARLY_SNAPSHOTS = (1, 4, 16, 64, 256)
"""Steps of the first epoch that get a snapshot, because a model changes most at the start.

One costs a pass of the encoder over all test images: more of them would be felt in a training of seconds.
"""


class Session:
    """A training in progress. `work` trains in pieces; all other methods are called between two of them.

    Parameters
    ----------
    resume: a checkpoint of the same config, from which training goes on.
    changes: of the training that the checkpoint is of; those after it are made again.
    early_snapshots: steps of the first epoch that get a snapshot.

    Raises
    ------
    ValueError
        If the checkpoint belongs to another model.
    """

    def __init__(
        self,
        config: RunConfig,
        data: Dataset,
        device: torch.device,
        resume: events.Checkpoint | None = None,
        changes: Sequence[events.Changed] = (),
        early_snapshots: Collection[int] = EARLY_SNAPSHOTS,
    ) -> None:
        self.config, self.data, self.device = config, data, device
        self.pass_size = images_a_pass(config, data.spec.shape, "training")
        self.subset = subset_of(data.x_train, config)
        images = len(self.subset)
        self.batch = images if config.optimizer == "gd" else min(config.batch_size, images)
        self.steps_per_epoch = math.ceil(images / self.batch)
        mean_image = data.spec.kind.mean(self.subset.x, self.subset.indices)
        self.model = Autoencoder(config, data.spec.shape, mean_image)
        self.baselines = baselines(config, mean_image, data.x_test)
        self.model.to(device)
        self.optimizer = make_optimizer(config, self.model)
        self.progress = Progress(bf16=settle_precision(config, device) == "bf16")
        self.finite = True
        self.early_snapshots = early_snapshots
        self.previewer = Previewer(self.model, data)
        self.generators = Generators(config.seed)
        self.steering = Steering(config, self.steps_per_epoch, changes)
        if resume is not None:
            self._restore(resume)

    def work(self) -> Iterator[events.Event | None]:
        """Train to the last epoch, and yield None between two pieces of work.

        Training may be stopped only where None is yielded. All events of one step come without a None between
        them, so that a resumed training neither repeats nor leaves out any. Returns early when the loss is no
        longer finite or has reached `stop_loss`.
        """
        while self.progress.epoch < self.config.epochs and not self.reached_stop_loss():
            shuffle = generator_for(self.config.seed, "batches", self.progress.epoch)
            order = torch.randperm(len(self.subset), generator=shuffle)
            end = (self.progress.epoch + 1) * self.steps_per_epoch
            yield None
            while self.progress.told_step < end:
                if self.progress.told_step == self.progress.step:
                    yield from self.steering.changes(self.progress.step, self.epochs_done())
                    yield from self._one_step(order)
                if not self.finite:
                    return
                yield from self._report(end)
            yield from self.evaluate()
            if not self.finite:
                return
            self.generators.start_epoch(self.progress.epoch)

    def _one_step(self, order: Tensor) -> Iterator[None]:
        progress = self.progress
        self.generators.start_step()
        first = (progress.step - progress.epoch * self.steps_per_epoch) * self.batch
        indices = order[first : first + self.batch]
        self.optimizer.param_groups[0]["lr"] = self.steering.learning_rate(progress.step)
        self.optimizer.zero_grad()
        sums = torch.zeros(4, dtype=torch.float64)
        for chunk in indices.split(self.pass_size):
            sums += self._accumulate(chunk, len(indices))
            yield None
        objective, recon, kl, squared = (sums / len(indices)).tolist()
        self.finite = math.isfinite(objective)
        if self.finite:
            self.optimizer.step()
            progress.step += 1
            progress.totals.add(len(indices), objective, recon, kl)
            self._follow_sigma(squared / math.prod(self.data.spec.shape), len(indices))
        self.generators.end_step()

    def _accumulate(self, chunk: Tensor, size: int) -> Tensor:
        """Add a chunk's gradient; return its summed objective, recon, kl and squared error."""
        config = self.config
        x = self.model.kind.to_tensor(self.subset.take(chunk.numpy()), self.device)
        corrupt = CORRUPTIONS[config.corruption]
        seen = corrupt(x, config.corruption_strength, self.generators["corruption"])
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.progress.bf16):
            posterior = self.model.encode(seen)
            output = self.model.output(posterior.sample(self.generators["noise"]))
        recon = self.model.reconstruction(output, x).sum()
        kl = posterior.kl()
        objective = recon if kl is None else recon + self.steering.beta(self.progress.step) * kl.sum()
        (objective / size).backward()
        squared = squared_error(output.detach(), x).sum() if config.term.has_sigma else None
        parts = (objective, recon, None if kl is None else kl.sum(), squared)
        return torch.tensor([0.0 if part is None else part.item() for part in parts], dtype=torch.float64)

    def _follow_sigma(self, mse: float, images: int) -> None:
        """Move sigma^2 towards the step's squared error per pixel (Rybkin et al. 2021, section 3.2)."""
        sigma = self.model.sigma
        if sigma is not None and self.config.sigma == "auto":
            share = 1.0 if self.progress.step == 1 else min(1.0, images / SIGMA_WINDOW)
            variance = (1 - share) * float(sigma) ** 2 + share * mse
            sigma.fill_(max(1e-3, math.sqrt(variance)))

    def _report(self, epoch_end: int) -> Iterator[events.Event | None]:
        """Yield the events of a step: some by the step count alone, and a preview when the clock allows one.

        Pictures whose codes are no longer finite are left out: the next step ends the training.
        """
        progress = self.progress
        pictures: list[events.Snapshot | events.Preview] = []
        if progress.step in self.early_snapshots and progress.step < self.steps_per_epoch:
            codes = yield from embed_in_steps(self.model, self.data.x_test)
            pictures.append(self._snapshot(codes))
        if self.previewer.due(progress.clock.seconds()):
            pictures.append(self.preview())
        every = max(1, self.steps_per_epoch // 50)
        if progress.step <= 20 or progress.step % every == 0 or progress.step == epoch_end:
            yield self._step_event()
        yield from (picture for picture in pictures if np.isfinite(picture.mean).all())
        progress.told_step = progress.step

    def evaluate(self) -> Iterator[events.Event | None]:
        """Evaluate the model and yield the result, a snapshot and a checkpoint.

        A model whose losses are no longer finite yields no event.
        """
        result = yield from evaluate_in_steps(self.model, self.data.x_test)
        self.finite = math.isfinite(result.recon + result.mse + (result.kl or 0.0))
        if not self.finite:
            return
        held_out = None
        if len(self.subset.held_out):
            held_out = yield from evaluate_in_steps(self.model, self.subset.held_out)
        progress = self.progress
        objective = progress.totals.epoch_objective()
        progress.evaluated_step, progress.epoch = progress.step, progress.step // self.steps_per_epoch
        if objective is not None and progress.step == progress.epoch * self.steps_per_epoch:
            progress.train_objective = objective
            progress.totals.start_epoch()
        yield self._evaluated_event(result, objective, held_out)
        yield self._snapshot(Codes(result.mean, result.logvar))
        yield self.checkpoint()

    def _step_event(self) -> events.Step:
        objective, recon, kl = self.progress.totals.since_last()
        step = self.progress.step - 1
        has_kl = self.config.traits.has_kl
        return events.Step(
            step=self.progress.step,
            epoch=self.epochs_done(),
            objective=objective,
            recon=recon,
            kl=kl if has_kl else None,
            beta=self.steering.beta(step) if has_kl else None,
            learning_rate=self.steering.learning_rate(step),
        )

    def _evaluated_event(
        self, result: Evaluation, objective: float | None, held_out: Evaluation | None
    ) -> events.Evaluated:
        sigma = self.model.sigma
        return events.Evaluated(
            step=self.progress.step,
            epoch=self.epochs_done(),
            recon=result.recon,
            mse=result.mse,
            kl=result.kl,
            neg_elbo=result.neg_elbo,
            kl_per_dim=result.kl_per_dim,
            train_objective=objective,
            sigma=None if sigma is None else float(sigma),
            seconds=self.progress.clock.seconds(),
            held_out_recon=held_out.recon if held_out else None,
            held_out_kl=held_out.kl if held_out else None,
            held_out_mse=held_out.mse if held_out else None,
            active_units=result.active_units,
            aggregate_variance=result.aggregate_variance,
        )

    def _snapshot(self, codes: Codes) -> events.Snapshot:
        return snapshot(self.model, self.data, self.progress.step, self.epochs_done(), codes)

    def preview(self) -> events.Preview:
        """A preview of the model for the live view."""
        seconds = self.progress.clock.seconds()
        speed = self.epochs_done() * len(self.subset) / max(seconds, 1e-9)
        return self.previewer.preview(self.progress.step, self.epochs_done(), speed, seconds)

    def epochs_done(self) -> float:
        """Number of epochs done, with the fraction of the one under way."""
        return round(self.progress.step / self.steps_per_epoch, 6)

    def checkpoint(self) -> events.Checkpoint:
        """A copy of all that is needed to load the model and to resume exactly."""
        return events.Checkpoint(
            step=self.progress.step,
            epoch=self.epochs_done(),
            model={name: array_of(weight) for name, weight in self.model.state_dict().items()},
            resume={
                **self.progress.arrays(),
                **self.generators.arrays(),
                **self.steering.arrays(),
                **optimizer_arrays(self.optimizer),
                "threads": np.array(torch.get_num_threads(), dtype=np.int64),
            },
        )

    def _restore(self, saved: events.Checkpoint) -> None:
        try:
            self.model.load_state_dict({name: torch.tensor(array) for name, array in saved.model.items()})
            restore_optimizer(self.optimizer, saved.resume)
        except (RuntimeError, KeyError) as error:
            raise ValueError(f"The checkpoint does not fit this config: {error}") from error
        # "auto" may mean another precision on this machine or in this version; the run goes on as it began.
        self.progress.restore(saved.resume)
        self.steering.restore(saved.resume)
        if self.progress.step == self.progress.epoch * self.steps_per_epoch:
            self.generators.start_epoch(self.progress.epoch)
        else:
            self.generators.restore(saved.resume)

    def reached_stop_loss(self) -> bool:
        """Whether the objective of the last complete epoch is at or below `stop_loss`.

        An epoch in which beta warmed up or was changed does not count: its objective is a mixture.
        """
        limit, steering, begun = self.config.stop_loss, self.steering, self.progress.epoch - 1
        warming = self.config.traits.has_kl and steering.warms_up and begun < self.config.beta_warmup
        mixed = begun * self.steps_per_epoch < steering.beta_since
        return limit is not None and not warming and not mixed and self.progress.train_objective <= limit
