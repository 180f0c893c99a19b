"""The first sections of a listing: the numbers of the recipe and the data."""

from vaelab.config import RunConfig
from vaelab.data import DATASETS
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


_DATA = '''
published       | # An .npz file with x_train and x_test; without one, torchvision downloads the images.
published       | DATA = os.environ.get("DATA")
!published      | # An .npz file with x_train and x_test.
!published      | DATA = os.environ["DATA"]
                |
                |
                | def load_images(train):
                |     """{Many} of {title}, (N, {shape}), with {element}s from 0 to 1."""
published       |     if DATA:
published       |         images = np.load(DATA)["x_train" if train else "x_test"]
published       |     else:
published       |         from torchvision import datasets
published       |
published       |         images = datasets.{opened}root="data", train=train, download=True){array}
remark          |         images = images{axes}  # {remark}
!published      |     images = np.load(DATA)["x_train" if train else "x_test"]
                |     images = torch.tensor(images, device=device).reshape(-1, {shape})
                |     return images.float() / {scale:g}
                |
                |
                | x_train, x_test = load_images(train=True), load_images(train=False)
held_out        | order = torch.randperm(len(x_train))
held_out !some  | x_held_out, x_train = x_train[order[:{held_out}]], x_train[order[{held_out}:]]
held_out some   | x_held_out, x_train = x_train[order[:{held_out}]], x_train[order[{held_out}:{end}]]
!held_out some  | x_train = x_train[torch.randperm(len(x_train))[:{train_size}]]
'''


def data(config: RunConfig) -> Section:
    """The images, from torchvision or a file, with a random choice of training images and held-out ones."""
    spec = DATASETS[config.dataset]
    kind, (remark, axes) = spec.kind, spec.torchvision_axes
    held_out = min(config.held_out, spec.train_images // 2)
    words = (
        f"{spec.title}: {spec.train_images:,} {kind.many} to learn from and {spec.test_images:,} to test on, "
        f"of {' × '.join(map(str, spec.shape))} numbers each ({kind.axes}). The labels are not used."
    )
    return section(
        "Data", words, _DATA, config, title=spec.title, shape=", ".join(map(str, spec.shape)),
        published=bool(spec.torchvision),
        opened=spec.torchvision, Many=kind.many.capitalize(), element=kind.element,
        scale=kind.scale, remark=remark, axes=axes, held_out=held_out,
        # CIFAR-10 comes as a numpy array, all others as tensors.
        array=".data" if config.dataset == "cifar10" else ".data.numpy()",
        some=config.train_size < spec.train_images - held_out, end=held_out + config.train_size,
    )  # fmt: skip
