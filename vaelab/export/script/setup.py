"""The first steps of a listing: its settings and its data."""

from __future__ import annotations

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.export.script.section import Section, section, warms_up
from vaelab.export.script.terms import TERMS

_SETTINGS = """
math          | import math
              | import os
              |
              | import numpy as np
              | import torch
              | from torch import nn
functional    | from torch.nn import functional as F
              |
              | latent_dim = {latent_dim}
              | epochs = {epochs}
!gd           | batch_size = {batch_size}
              | learning_rate = {learning_rate!r}
weigh         | beta = {beta!r}  # weight of the KL term
warm          | beta_warmup = {beta_warmup!r}  # epochs in which it grows from 0
follow        | sigma = 1.0  # of the Gaussian behind the squared error; it will follow the error
gauss !follow | sigma = {sigma!r}  # of the Gaussian behind the squared error
              |
              | torch.manual_seed({seed})
              | device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
"""


def settings(config: RunConfig) -> Section:
    """Imports, the numbers to change, the seed and the device."""
    counts_steps = config.optimizer != "gd" and (config.lr_schedule == "one-cycle" or warms_up(config))
    needs = TERMS[config.reconstruction].needs
    words = "The numbers of the recipe. All that is not here is a part of the code below."
    return section(
        "Settings", words, _SETTINGS, config,
        math=counts_steps or needs == "math", functional=needs == "functional",
    )  # fmt: skip


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

_DATA = '''
                | # An .npz file with x_train and x_test; without one, torchvision downloads the images.
                | DATA = os.environ.get("DATA")
                |
                |
                | def load_images(train):
                |     """Images of {title}, (N, {shape}), with pixels from 0 to 1."""
                |     if DATA:
                |         images = np.load(DATA)["x_train" if train else "x_test"]
                |     else:
                |         from torchvision import datasets
                |
                |         images = datasets.{opened}root="data", train=train, download=True){array}
remark          |         images = images{axes}  # {remark}
                |     images = torch.tensor(images, device=device).reshape(-1, {shape})
                |     return images.float() / 255
                |
                |
                | x_train, x_test = load_images(train=True), load_images(train=False)
held_out        | order = torch.randperm(len(x_train))
held_out !some  | x_held_out, x_train = x_train[order[:{held_out}]], x_train[order[{held_out}:]]
held_out some   | x_held_out, x_train = x_train[order[:{held_out}]], x_train[order[{held_out}:{end}]]
!held_out some  | x_train = x_train[torch.randperm(len(x_train))[:{train_size}]]
'''


def data(config: RunConfig) -> Section:
    """The images: from torchvision, or from a file; the training images drawn, some held out."""
    spec = DATASETS[config.dataset]
    remark, axes = _AXES.get(config.dataset, ("", ""))
    held_out = min(config.held_out, spec.train_images // 2)
    words = (
        f"{spec.title}: {spec.train_images:,} images to learn from and {spec.test_images:,} to test on, of "
        f"{' × '.join(map(str, spec.shape))} numbers each (channels, height, width). The labels are not used."
    )
    return section(
        "Data", words, _DATA, config, title=spec.title, shape=", ".join(map(str, spec.shape)),
        opened=_TORCHVISION[config.dataset], remark=remark, axes=axes, held_out=held_out,
        # CIFAR-10 comes as a numpy array, all others as tensors.
        array=".data" if config.dataset == "cifar10" else ".data.numpy()",
        some=config.train_size < spec.train_images - held_out, end=held_out + config.train_size,
    )  # fmt: skip
