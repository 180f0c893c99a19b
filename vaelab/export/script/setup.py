"""The first steps of a listing: its settings and its data."""

from __future__ import annotations

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.export.script.section import Section, lines, warms_up, weighs_kl

# How torchvision gives the images of each data set, where it is not (N, height, width).
_TORCHVISION = {
    "mnist": "MNIST(",
    "fashion-mnist": "FashionMNIST(",
    "kmnist": "KMNIST(",
    "emnist-letters": 'EMNIST(split="letters", ',
    "cifar10": "CIFAR10(",
}
_AXES = {
    "emnist-letters": ("rows and columns come exchanged", ".swapaxes(1, 2)"),
    "cifar10": ("channels come last", ".transpose(0, 3, 1, 2)"),
}


def settings(config: RunConfig) -> Section:
    """Imports, the numbers to change, the seed and the device."""
    counts_steps = config.optimizer != "gd" and (config.lr_schedule == "one-cycle" or warms_up(config))
    code = lines(
        "import math" if counts_steps or config.term.has_sigma else None,
        "import os",
        "",
        "import numpy as np",
        "import torch",
        "from torch import nn",
        "from torch.nn import functional as F" if not config.term.has_sigma else None,
        "",
        f"latent_dim = {config.latent_dim}",
        f"epochs = {config.epochs}",
        None if config.optimizer == "gd" else f"batch_size = {config.batch_size}",
        f"learning_rate = {config.learning_rate!r}",
        f"beta = {config.beta!r}  # weight of the KL term" if weighs_kl(config) else None,
        f"beta_warmup = {config.beta_warmup!r}  # epochs in which it grows from 0"
        if warms_up(config)
        else None,
        _sigma_setting(config),
        "",
        f"torch.manual_seed({config.seed})",
        'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")',
    )
    words = "The numbers of the recipe. All that is not here is a part of the code below."
    return Section("Settings", words, code)


def _sigma_setting(config: RunConfig) -> str | None:
    if not config.term.has_sigma:
        return None
    if config.sigma == "auto":
        return "sigma = 1.0  # of the Gaussian behind the squared error; it will follow the error"
    return f"sigma = {config.sigma!r}  # of the Gaussian behind the squared error"


def data(config: RunConfig) -> Section:
    """The images: from torchvision, or from a file; the training images drawn, some held out."""
    spec = DATASETS[config.dataset]
    remark, axes = _AXES.get(config.dataset, ("", ""))
    opened = f'{_TORCHVISION[config.dataset]}root="data", train=train, download=True)'
    # CIFAR-10 comes as a numpy array, all others as tensors.
    array = ".data" if config.dataset == "cifar10" else ".data.numpy()"
    code = lines(
        "# An .npz file with x_train and x_test; without one, torchvision downloads the images.",
        'DATA = os.environ.get("DATA")',
        "",
        "",
        "def load_images(train):",
        f'    """Images of {spec.title}, (N, {", ".join(map(str, spec.shape))}), with pixels from 0 to 1."""',
        "    if DATA:",
        '        images = np.load(DATA)["x_train" if train else "x_test"]',
        "    else:",
        "        from torchvision import datasets",
        "",
        f"        images = datasets.{opened}{array}",
        f"        images = images{axes}  # {remark}" if remark else None,
        f"    images = torch.tensor(images, device=device).reshape(-1, {', '.join(map(str, spec.shape))})",
        "    return images.float() / 255",
        "",
        "",
        "x_train, x_test = load_images(train=True), load_images(train=False)",
        *_split(config, spec.train_images),
    )
    words = (
        f"{spec.title}: {spec.train_images:,} images to learn from and {spec.test_images:,} to test on, of "
        f"{' × '.join(map(str, spec.shape))} numbers each (channels, height, width). The labels are not used."
    )
    return Section("Data", words, code)


def _split(config: RunConfig, available: int) -> list[str]:
    held_out = min(config.held_out, available // 2)
    if held_out:
        taken = f"order[{held_out}:]"
        if config.train_size < available - held_out:
            taken = f"order[{held_out}:{held_out + config.train_size}]"
        return [
            "order = torch.randperm(len(x_train))",
            f"x_held_out, x_train = x_train[order[:{held_out}]], x_train[{taken}]",
        ]
    if config.train_size < available:
        return [f"x_train = x_train[torch.randperm(len(x_train))[:{config.train_size}]]"]
    return []
