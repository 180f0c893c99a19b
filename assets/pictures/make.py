"""Draw the small pictures of finished models anew: `make pictures`.

Those of the recipes' cards come from the finished examples in `assets/runs/`. Those at a dial come
from runs of the first recipe with other values, which are trained here.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from vaelab.analysis.load import TrainedRun, load_run
from vaelab.config import PRESETS
from vaelab.config.presets import FIRST_PRESET
from vaelab.data import Dataset, load
from vaelab.events import Evaluated
from vaelab.figures.palette import PALETTE, channels
from vaelab.figures.sheets import arrange
from vaelab.latent.planes import axes_plane
from vaelab.latent.view import PRIOR_CIRCLES, grown_span
from vaelab.models.codes import decode_grid, reconstruct
from vaelab.paths import EXAMPLES, PICTURES
from vaelab.runs import Recorder, Run, RunStore, read_preview
from vaelab.training import train
from vaelab.ui.recipe.dials import DIALS
from vaelab.ui.recipe.pictures import picture_with

SIDE = 224
"""Side of half a picture in pixels; pages show it at half of that, so that it is crisp on every screen."""
FINE = 4
"""How many times larger a plane is drawn than it is kept."""
REACH = 3.4
"""Coordinates at the edge of the plane of a model with a prior; without one, they follow the codes."""


def main() -> None:
    """Draw the pictures named on the command line, else all, into the folder of this file."""
    drawn = {name: partial(_card, Run(EXAMPLES / name)) for name in PRESETS}
    drawn |= {
        picture_with(field, value): partial(_example, {field: value})
        for field, dial in DIALS.items()
        for value, _ in dial.examples
    }
    for name in sys.argv[1:] or drawn:
        Image.fromarray(drawn[name]()).save(PICTURES / f"{name}.webp", quality=80, method=6)


def _example(changes: dict[str, float]) -> np.ndarray:
    """The plane of the first recipe with changes over what is decoded on it."""
    config = PRESETS[FIRST_PRESET].config.variant(**changes)
    if config == PRESETS[FIRST_PRESET].config:
        return np.concatenate(list(_halves(load_run(Run(EXAMPLES / FIRST_PRESET)))), 0)
    with tempfile.TemporaryDirectory() as folder:
        run = RunStore(Path(folder)).create(config)
        for event in Recorder(run).record(train(config, threads=1)):
            if isinstance(event, Evaluated):
                losses = f"recon {event.recon:.1f}, kl {event.kl:.1f}"
                sys.stdout.write(f"{changes} epoch {event.epoch:g}: {losses}\n")
        return np.concatenate(list(_halves(load_run(run))), 0)


def _card(run: Run) -> np.ndarray:
    """The plane and what is decoded on it; of more dimensions, test images and their reconstructions."""
    trained = load_run(run)
    if trained.config.latent_dim == 2:
        return np.concatenate(list(_halves(trained)), 1)
    data, model = load(trained.config.dataset), trained.model
    images = data.x_test[data.first_of_each_class()]
    if (preview := read_preview(run)) is not None and preview.samples is not None:
        return _tiles([images[:8], reconstruct(model, images[:8]), preview.samples], 8, 2 * SIDE)
    seen = _spoilt(images[:4], trained)
    return _tiles([seen, reconstruct(model, seen)], 4, 2 * SIDE)


def _spoilt(images: np.ndarray, trained: TrainedRun) -> np.ndarray:
    """Images with as many pixels blacked out as in training."""
    if trained.config.corruption != "mask":
        return images
    kept = np.random.default_rng(0).random(images.shape) >= trained.config.corruption_strength
    return images * kept


def _halves(trained: TrainedRun) -> Iterator[np.ndarray]:
    """The codes of test images on the plane, and the images that are decoded all over it."""
    preview = read_preview(trained.run)
    assert preview is not None
    yield _plane(preview.mean, load(trained.config.dataset), circles=trained.config.traits.has_prior)
    low, high = np.quantile(preview.mean, (0.05, 0.95), 0)
    x, y = np.linspace(low, high, 4).T
    yield _tiles([decode_grid(trained.model, axes_plane(2), x, y, np.zeros(2))], 4, SIDE)


def _plane(codes: np.ndarray, data: Dataset, *, circles: bool) -> np.ndarray:
    """Codes (N, 2) of the first N test images in the colours of their classes: (SIDE, SIDE, 4)."""
    span = np.array([(-REACH, REACH)] * 2 if circles else grown_span(None, codes))
    side = SIDE * FINE
    picture = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(picture)

    def at(point: np.ndarray) -> tuple[float, float]:
        x, y = (point - span[:, 0]) / (span[:, 1] - span[:, 0]) * side
        return float(x), float(side - y)

    for radius, _ in PRIOR_CIRCLES if circles else ():
        (left, bottom), (right, top) = at(np.full(2, -radius)), at(np.full(2, radius))
        pen.ellipse((left, top, right, bottom), outline=PALETTE.prior, width=FINE)
    size = 0.7 * FINE * 2
    for code, label in zip(codes, data.y_test, strict=False):
        x, y = at(code)
        colour = tuple(channels(PALETTE.classes[label]).astype(int))
        pen.ellipse((x - size, y - size, x + size, y + size), fill=(*colour, 255))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def _tiles(images: Sequence[np.ndarray], columns: int, width: int) -> np.ndarray:
    """Grey images (N, 1, H, W) beside each other, enlarged to a width in pixels; all rows are full."""
    sheet = arrange(np.concatenate(images), columns, gap=0)[:, :, 0]
    grey = Image.fromarray(sheet).resize(
        (width, len(sheet) * width // sheet.shape[1]), Image.Resampling.NEAREST
    )
    return np.asarray(grey.convert("RGBA"))


if __name__ == "__main__":
    main()
