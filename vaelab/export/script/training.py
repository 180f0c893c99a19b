"""The section of a listing that trains: optimizer, schedule, and the loop over the epochs."""

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.export.script.posteriors import POSTERIORS
from vaelab.export.script.section import Section, corrupts, learns_sigma, section, warms_up, weighs_kl
from vaelab.networks.sizes import images_a_pass

SIGMA_WINDOW = 10_000
"""Images over which `sigma` averages the error, as in `vaelab.training.session`."""

_TRAINING = '''
corrupt       | def corrupt(x):
corrupt       |     """{spoilt}"""
corrupt       |     return {corrupted}
corrupt       |
corrupt       |
              | optimizer = torch.optim.{optimizer}(model.parameters(), lr=learning_rate{more})
cycle gd      | steps = epochs
cycle !gd     | steps = epochs * math.ceil(len(x_train) / batch_size)
cycle         | rise = max(1, steps // 10)  # steps over which the learning rate rises; then it falls to 0
cycle         | one_cycle = torch.optim.lr_scheduler.LambdaLR(
cycle         |     optimizer, lambda step: min((step + 1) / rise, (steps - step) / max(1, steps - rise), 1.0)
cycle         | )
!gd warm      | steps_per_epoch = math.ceil(len(x_train) / batch_size)
counts        | step = 0
              | for epoch in range(epochs):
gd warm       |     weight = beta * min(1.0, epoch / beta_warmup)
stop          |     epoch_objective = 0.0
gd follow     |     mse = 0.0
gd            |     optimizer.zero_grad()
gd @image     |     for x in x_train.split({part}):  # gradients of parts add up
!gd           |     for indices in torch.randperm(len(x_train)).split(batch_size):
!gd @image    |         x = x_train[indices]
!gd warm      |         weight = beta * min(1.0, step / beta_warmup / steps_per_epoch)
bf16          |         with torch.autocast(device.type, torch.bfloat16):  # products with 8 significant bits
bf16 several  |             {outputs} = (part.float() for part in model({seen}))
bf16 !several |             {outputs} = model({seen}).float()
!bf16         |         {outputs} = model({seen})
gd @objective |         objective = {objective}.sum() / len(x_train)
!gd @objective|         objective = {objective}.mean()
!gd           |         optimizer.zero_grad()
@gradient     |         objective.backward()
gd stop       |         epoch_objective += objective.item()
gd follow     |         mse += (output - x).square().sum().item() / x_train.numel()
gd            |     optimizer.step()
gd cycle      |     one_cycle.step()
!gd           |         optimizer.step()
!gd cycle     |         one_cycle.step()
!gd stop      |         epoch_objective += objective.item() * len(x) / len(x_train)
!gd follow    |         mse = (output - x).square().mean().item()
gd follow     |     share = 1.0 if epoch == 0 else min(1.0, len(x_train) / {window:_})
!gd follow    |         share = 1.0 if step == 0 else min(1.0, len(x) / {window:_})
gd follow     |     {follow}
!gd follow    |         {follow}
counts        |         step += 1
              |     {results} = evaluate(x_test)
              |     print(f"epoch {{epoch + 1}}: test {losses} nats per image")
held_out      |     {results} = evaluate(x_held_out)
held_out      |     print(f"  held-out {losses} nats per image")
stop warm     |     if epoch >= beta_warmup and epoch_objective <= {stop_loss!r}:
stop !warm    |     if epoch_objective <= {stop_loss!r}:
stop          |         break
'''

_OPTIMIZERS = {
    "gd": ("SGD", ""),
    "sgd": ("SGD", ""),
    "momentum": ("SGD", ", momentum=0.9"),
    "rmsprop": ("RMSprop", ""),
    "adam": ("Adam", ""),
    "adamw": ("AdamW", ""),
}


def training(config: RunConfig) -> Section:
    """Optimizer, schedule and the loop over the epochs."""
    spec = DATASETS[config.dataset]
    kl, gd, outputs = config.traits.has_kl, config.optimizer == "gd", POSTERIORS[config.model].outputs
    spoilt, corrupted = _corruption(config)
    optimizer, more = _OPTIMIZERS[config.optimizer]
    if config.optimizer in ("adam", "adamw") and config.lr_schedule == "one-cycle":
        more = ", betas=(0.9, 0.95)"
    return section(
        "Training", _training_words(config), _TRAINING, config,
        spoilt=spoilt, corrupted=corrupted, optimizer=optimizer, more=more, objective=_objective(config),
        counts=not gd and (warms_up(config) or learns_sigma(config)),
        part=images_a_pass(config, spec.shape, "script"),
        seen="corrupt(x)" if corrupts(config) else "x",
        outputs=outputs, several="," in outputs,
        window=SIGMA_WINDOW,
        # sigma^2 follows the mean squared error (Rybkin et al. 2021, section 3.2).
        follow="sigma = max(1e-3, math.sqrt((1 - share) * sigma**2 + share * mse))  # follows the error",
        results="recon, kl" if kl else "recon",
        losses="recon {recon:.3f} + kl {kl:.3f} = {recon + kl:.3f}" if kl else "recon {recon:.3f}",
        held_out=min(config.held_out, spec.train_images // 2),
    )  # fmt: skip


def _corruption(config: RunConfig) -> tuple[str, str]:
    """A docstring and an expression for the images that a corruption returns."""
    strength = config.corruption_strength
    if config.corruption == "gaussian":
        return "Images with Gaussian noise.", f"(x + {strength!r} * torch.randn_like(x)).clamp(0, 1)"
    if strength == 1:
        return "Images of which all pixels are black.", "torch.zeros_like(x)"
    lost = f"Images without {100 * strength:.4g} % of their pixels; the others brighter, as dropout does."
    return lost, f"x * (torch.rand_like(x) >= {strength!r}) / {1 - strength!r}"


def _objective(config: RunConfig) -> str:
    if not config.traits.has_kl:
        return "reconstruction(output, x)"
    weight = "weight * " if warms_up(config) else "beta * " if weighs_kl(config) else ""
    return f"(reconstruction(output, x) + {weight}{POSTERIORS[config.model].kl_call})"


def _training_words(config: RunConfig) -> str:
    if config.optimizer == "gd":
        words = "Gradient descent: one step an epoch, along the gradient of the mean objective of all images."
    else:
        words = "Every step draws a batch of images and follows the gradient of their mean objective."
    if warms_up(config):
        words += " The weight of the KL term grows linearly from 0 to $\\beta$."
    if config.lr_schedule == "one-cycle":
        words += " The learning rate rises over the first tenth of the steps and then falls to 0."
    if learns_sigma(config):
        words += " After each step $\\sigma_x^2$ (`sigma` squared) moves towards the mean squared error."
    if corrupts(config):
        words += " The network sees a spoilt image and has to give back the clean one."
    if config.stop_loss is not None:
        words += f" Training ends when the mean objective of an epoch is {config.stop_loss:g} or less."
    return words
