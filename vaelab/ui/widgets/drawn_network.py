"""The network round the latent plane, as the browser draws it with a test image in it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vaelab.data import DATASETS
from vaelab.networks.cells import DrawnLayer, drawn_networks
from vaelab.runs import Run
from vaelab.ui.web.addresses import run_file_url


@dataclass(frozen=True)
class DrawnNetwork:
    """What a canvas needs to draw encoder and decoder.

    Parameters
    ----------
    images
        Indices of the test images that can be put in, in the order of their forward passes.
    labels
        Their classes.
    has_forward
        Whether the version of the canvas has their forward passes.
    encoder
        The version of the encoder's weights, if they are those of the canvas's version: the browser can then
        compute the forward pass of any test image.
    """

    images: Sequence[int]
    labels: Sequence[int]
    has_forward: bool
    encoder: str | None


def described(network: DrawnNetwork, run: Run, version: str) -> dict[str, Any]:
    """The same as JSON values, with the layers and the addresses of files."""
    spec, config = DATASETS[run.config.dataset], run.config
    layers = drawn_networks(config, spec.shape)
    return {
        "images": [
            {"index": int(index), "name": spec.classes[label]}
            for index, label in zip(network.images, network.labels, strict=True)
        ],
        "forward": run_file_url(run, version, "forward") if network.has_forward else None,
        "encoder": run_file_url(run, network.encoder, "encoder") if network.encoder else None,
        "layers": {
            name: [layer_values(layer) for layer in layers if layer.name.startswith(name)]
            for name in ("encoder", "decoder")
        },
        "numbers": math.prod(spec.shape),
        "element": spec.kind.element,
        "latent": config.latent_dim,
        "kl": config.traits.has_kl,
        "subject": config.traits.subject,
        "loss": config.reconstruction,
    }


def layer_values(layer: DrawnLayer) -> dict[str, Any]:
    """A layer as `assets/components/lib/cells.js` takes it."""
    return {
        "name": layer.name,
        "shape": list(layer.shape),
        "group": layer.group,
        "cells": list(layer.cell_shape),
    }
