"""Small pictures of what a run has learned, which lead to the pages that show it large."""

import numpy as np
from PIL import Image

from vaelab.data import DatasetSpec
from vaelab.events import Preview
from vaelab.figures.gif import WIDTH, scatter_picture
from vaelab.figures.kinds import kind_of
from vaelab.figures.sheets import png
from vaelab.latent.view import grown_span, least_span, seen_plane, with_class_rows

SIDE = 64
"""Width and height of a picture in pixels: twice what the page gives it, for screens with fine pixels."""
ROWS = 3
"""Rows, and columns, of the last picture."""


def thumbnails(
    preview: Preview, examples: np.ndarray, labels: np.ndarray, spec: DatasetSpec
) -> tuple[bytes, bytes, bytes]:
    """PNG of two examples over their reconstructions, of the codes on their plane, and of decoded images.

    Parameters
    ----------
    preview
        The last preview of the run.
    examples
        (classes, ...), the examples that `preview.reconstructions` are of.
    labels
        (N,), the classes of the examples whose codes `preview.mean` has, and of more.
    spec
        The data set.
    """
    kind = kind_of(spec)
    decoded = preview.reconstructions if preview.samples is None else preview.samples
    pairs = np.concatenate([examples[:2], preview.reconstructions[:2]])
    codes = preview.mean
    plane = seen_plane(codes)
    points = plane.project(codes)
    seen = grown_span(least_span(preview.samples is not None), points)  # samples are draws of a prior
    span = with_class_rows(seen, codes.shape[1], len(spec.classes))
    labels = labels[: len(codes)]
    if codes.shape[1] == 1:
        points = np.column_stack([points[:, 0], labels])
    scatter = scatter_picture(points, labels, spec.classes, span, equal_scales=codes.shape[1] > 1)
    sheets = (kind.arranged(pairs, 2), scatter[:WIDTH], kind.arranged(decoded[: ROWS * ROWS], ROWS))
    return tuple(map(_reduced, sheets))  # type: ignore[return-value]


def _reduced(pixels: np.ndarray) -> bytes:
    picture = Image.fromarray(pixels.squeeze()).convert("RGBA").resize((SIDE, SIDE), Image.Resampling.BOX)
    return png(np.asarray(picture))
