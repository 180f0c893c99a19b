"""A second kind of data, for tests alone: vectors of 5 numbers. One entry a layer, and a data set of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from vaelab.config import RunConfig, field_spec
from vaelab.data import DATASETS, DatasetSpec
from vaelab.data import kinds as data_kinds
from vaelab.data.kinds.base import Kind
from vaelab.data.loading import ARRAYS
from vaelab.figures import kinds as figure_kinds
from vaelab.figures.kinds.base import Renderer
from vaelab.models import kinds as model_kinds
from vaelab.models.kinds.base import Tensors
from vaelab.ui.explore import kinds as ui_kinds
from vaelab.ui.explore.kinds.base import View

SIDE = 20
"""Of a picture: five bars, each four pixels wide."""


def bars(vectors: np.ndarray) -> np.ndarray:
    """A bar chart of each vector (N, 5): (N, 1, 20, 20) uint8, white bars on black."""
    heights = np.rint(SIDE * np.clip(vectors, 0, 1)).repeat(SIDE // 5, 1)
    below = np.arange(SIDE, 0, -1)[None, :, None] <= heights[:, None]
    return (255 * below[:, None]).astype(np.uint8)


def signed_bars(errors: np.ndarray) -> np.ndarray:
    return np.repeat(bars(np.abs(errors)), 3, 1)


def least_bce(vectors: np.ndarray) -> float:
    numbers = torch.from_numpy(np.array(vectors, np.float64))
    entropy = torch.special.entr(numbers) + torch.special.entr(1 - numbers)
    return float(entropy.sum() / len(numbers))


VECTOR = Kind(
    name="vector", one="vector", many="vectors", element="number", axes="numbers",
    dtype=np.float32, scale=1.0,
    choices={"architecture": ("mlp",), "reconstruction": ("mse", "bce"), "corruption": ("none", "gaussian")},
)  # fmt: skip
TENSORS = Tensors(
    "vector",
    to_tensor=lambda vectors, device: torch.tensor(np.array(vectors), device=device),
    from_tensor=lambda tensor: tensor.cpu().numpy(),
    least_bce=least_bce,
)
RENDERER = Renderer("vector", bars, signed_bars, error_legend=go.Figure, error_words=lambda shape: "")
VIEW = View("vector")

SPEC = DatasetSpec("fives", "Fives", VECTOR, (5,), ("rising", "falling"), 400, 100, bundled=False)


def examples(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (count, 5) that rise or fall, and which of the two each does."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    slopes = np.where(labels, -0.2, 0.2)[:, None] * np.arange(-2, 3)
    return np.clip(0.5 + slopes + 0.05 * random.normal(size=(count, 5)), 0, 1).astype(np.float32), labels


def recipe(**changes: Any) -> RunConfig:
    """A small recipe for this data set, which has to be registered."""
    given = {"dataset": SPEC.name, "hidden": "16", "batch_size": 10, "epochs": 8, "sigma": 0.1, **changes}
    return RunConfig(**given)


@contextmanager
def registered(cache: Path) -> Iterator[None]:
    """Have the kind in all layers and the data set in the catalogue and in a cache folder, for a while."""
    arrays = (*examples(SPEC.train_images, 0), *examples(SPEC.test_images, 1))
    folder = cache / "datasets" / SPEC.name / "layout1"
    folder.mkdir(parents=True)
    for name, array in zip(ARRAYS, arrays, strict=True):
        np.save(folder / f"{name}.npy", array)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAELAB_CACHE", str(cache))
        patch.setitem(data_kinds.KINDS, "vector", VECTOR)
        patch.setitem(model_kinds.KINDS, "vector", TENSORS)
        patch.setitem(figure_kinds.KINDS, "vector", RENDERER)
        patch.setitem(ui_kinds.KINDS, "vector", VIEW)
        patch.setitem(DATASETS, SPEC.name, SPEC)
        field_spec.cache_clear()
        yield
    field_spec.cache_clear()
