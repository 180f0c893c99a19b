"""The training of a listing: optimizer, schedule, and the loop over the epochs."""

from __future__ import annotations

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.export.script.section import Section, corrupts, learns_sigma, lines, warms_up, weighs_kl
from vaelab.networks.sizes import images_a_pass

SIGMA_WINDOW = 10_000
"""Images over which `sigma` averages the error; that of `vaelab.training.session`."""


def training(config: RunConfig) -> Section:
    """Optimizer, schedule and the loop over the epochs."""
    code = lines(
        *_corruption(config),
        *_optimizer(config),
        *(_schedule(config) if config.lr_schedule == "one-cycle" else ()),
        *_counters(config),
        "for epoch in range(epochs):",
        *_loop(config),
        *_report(config),
    )
    return Section("Training", _training_words(config), code)


def _corruption(config: RunConfig) -> list[str]:
    strength = config.corruption_strength
    if not corrupts(config):
        return []
    if config.corruption == "gaussian":
        text = f"(x + {strength!r} * torch.randn_like(x)).clamp(0, 1)"
        says = "Images with Gaussian noise."
    elif strength == 1:
        text, says = "torch.zeros_like(x)", "Images of which all pixels are black."
    else:
        text = f"x * (torch.rand_like(x) >= {strength!r}) / {1 - strength!r}"
        says = f"Images without {100 * strength:.4g} % of their pixels; the others brighter, as dropout does."
    return ["def corrupt(x):", f'    """{says}"""', f"    return {text}", "", ""]


_OPTIMIZERS = {
    "gd": ("SGD", ""),
    "sgd": ("SGD", ""),
    "momentum": ("SGD", ", momentum=0.9"),
    "rmsprop": ("RMSprop", ""),
    "adam": ("Adam", ""),
    "adamw": ("AdamW", ""),
}


def _optimizer(config: RunConfig) -> list[str]:
    kind, extra = _OPTIMIZERS[config.optimizer]
    if config.optimizer in ("adam", "adamw") and config.lr_schedule == "one-cycle":
        extra = ", betas=(0.9, 0.95)"
    return [f"optimizer = torch.optim.{kind}(model.parameters(), lr=learning_rate{extra})"]


def _schedule(config: RunConfig) -> list[str]:
    full = config.optimizer == "gd"
    return [
        "steps = epochs" if full else "steps = epochs * math.ceil(len(x_train) / batch_size)",
        "rise = max(1, steps // 10)  # steps over which the learning rate rises; then it falls to 0",
        "one_cycle = torch.optim.lr_scheduler.LambdaLR(",
        "    optimizer, lambda step: min((step + 1) / rise, (steps - step) / max(1, steps - rise), 1.0)",
        ")",
    ]


def _counters(config: RunConfig) -> list[str]:
    if config.optimizer == "gd" or not (warms_up(config) or learns_sigma(config)):
        return []
    per_epoch = ["steps_per_epoch = math.ceil(len(x_train) / batch_size)"] if warms_up(config) else []
    return [*per_epoch, "step = 0"]


def _loop(config: RunConfig) -> list[str | None]:
    """One pass over the images: a step a batch, or one step in all."""
    full, stops = config.optimizer == "gd", config.stop_loss is not None
    part = images_a_pass(config, DATASETS[config.dataset].shape, "script")
    forward, one_cycle = _forward(config), config.lr_schedule == "one-cycle"
    if full:
        return [
            "    weight = beta * min(1.0, epoch / beta_warmup)" if warms_up(config) else None,
            "    epoch_objective = 0.0" if stops else None,
            "    mse = 0.0" if learns_sigma(config) else None,
            "    optimizer.zero_grad()",
            f"    for x in x_train.split({part}):  # gradients of parts add up",
            *(" " * 8 + row for row in forward),
            f"        objective = {_objective(config)}.sum() / len(x_train)",
            "        objective.backward()",
            "        epoch_objective += objective.item()" if stops else None,
            "        mse += (output - x).square().sum().item() / x_train.numel()"
            if learns_sigma(config)
            else None,
            "    optimizer.step()",
            "    one_cycle.step()" if one_cycle else None,
            *(" " * 4 + row for row in _sigma(config, "epoch == 0", "len(x_train)")),
        ]
    return [
        "    epoch_objective = 0.0" if stops else None,
        "    for indices in torch.randperm(len(x_train)).split(batch_size):",
        "        x = x_train[indices]",
        "        weight = beta * min(1.0, step / beta_warmup / steps_per_epoch)"
        if warms_up(config)
        else None,
        *(" " * 8 + row for row in forward),
        f"        objective = {_objective(config)}.mean()",
        "        optimizer.zero_grad()",
        "        objective.backward()",
        "        optimizer.step()",
        "        one_cycle.step()" if one_cycle else None,
        "        epoch_objective += objective.item() * len(x) / len(x_train)" if stops else None,
        "        mse = (output - x).square().mean().item()" if learns_sigma(config) else None,
        *(" " * 8 + row for row in _sigma(config, "step == 0", "len(x)")),
        "        step += 1" if warms_up(config) or learns_sigma(config) else None,
    ]


def _forward(config: RunConfig) -> list[str]:
    """From the images x to what the loss needs of them."""
    seen = "corrupt(x)" if corrupts(config) else "x"
    outputs = "output, mean, logvar" if config.traits.is_stochastic else "output"
    if config.precision != "bf16":
        return [f"{outputs} = model({seen})"]
    back = "" if config.traits.is_stochastic else ".float()"
    whole = f"model({seen})"
    given = f"(part.float() for part in {whole})" if config.traits.is_stochastic else f"{whole}{back}"
    return [
        "with torch.autocast(device.type, torch.bfloat16):  # products with 8 significant bits",
        f"    {outputs} = {given}",
    ]


def _objective(config: RunConfig) -> str:
    if not config.traits.has_kl:
        return "reconstruction(output, x)"
    weight = "weight * " if warms_up(config) else "beta * " if weighs_kl(config) else ""
    return f"(reconstruction(output, x) + {weight}kl_divergence(mean, logvar))"


def _sigma(config: RunConfig, first: str, images: str) -> list[str]:
    """sigma^2 follows the mean squared error (Rybkin et al. 2021, section 3.2)."""
    if not learns_sigma(config):
        return []
    return [
        f"share = 1.0 if {first} else min(1.0, {images} / {SIGMA_WINDOW:_})",
        "sigma = max(1e-3, math.sqrt((1 - share) * sigma**2 + share * mse))  # follows the error",
    ]


def _report(config: RunConfig) -> list[str | None]:
    held_out = min(config.held_out, DATASETS[config.dataset].train_images // 2)
    return [
        *_line(config, "test", "x_test", ""),
        *(_line(config, "held-out", "x_held_out", "  ") if held_out else ()),
        *_stop(config),
    ]


def _line(config: RunConfig, name: str, images: str, indent: str) -> list[str]:
    start = f"{indent}{name}" if indent else f"epoch {{epoch + 1}}: {name}"
    if not config.traits.has_kl:
        return [
            f"    recon = evaluate({images})",
            f'    print(f"{start} recon {{recon:.3f}} nats per image")',
        ]
    return [
        f"    recon, kl = evaluate({images})",
        f'    print(f"{start} recon {{recon:.3f}} + kl {{kl:.3f}} = {{recon + kl:.3f}} nats per image")',
    ]


def _stop(config: RunConfig) -> list[str]:
    if config.stop_loss is None:
        return []
    warm = "epoch >= beta_warmup and " if warms_up(config) else ""
    return [f"    if {warm}epoch_objective <= {config.stop_loss!r}:", "        break"]


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
