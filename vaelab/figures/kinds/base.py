"""How examples of a kind are seen: pictures of them, alone, in rows, and beside an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.sheets import Sheet, arrange, tile


@dataclass(frozen=True)
class Drawn:
    """How a kind of data is drawn. Pictures are square, of one size, (N, 1 or 3, side, side) uint8."""

    name: str
    pictures: Callable[[np.ndarray], np.ndarray]
    """Pictures of examples (N, ...)."""
    errors: Callable[[np.ndarray], np.ndarray]
    """Pictures in colour of signed errors (N, ...): reconstruction minus example, from -1 to 1."""
    error_legend: Callable[[], go.Figure]
    """The colours of such errors as a bar to be shown low and wide."""
    error_words: Callable[[tuple[int, ...]], str]
    """What has to be said of the errors of examples of a shape, as a part of a sentence; mostly nothing."""

    def sheet(
        self,
        examples: np.ndarray,
        columns: int,
        title: str,
        alt: str,
        column_labels: tuple[str, ...] | None = None,
        row_labels: tuple[str, ...] | None = None,
        gap: int = 1,
    ) -> Sheet:
        """Examples (N, ...) row by row; the other parameters are those of `Sheet`."""
        drawn = self.pictures(examples)
        return Sheet(
            tile(drawn, columns, gap), title, alt, column_labels, row_labels, cell=drawn.shape[-1], gap=gap
        )

    def with_error(
        self,
        examples: np.ndarray,
        error: np.ndarray,
        title: str,
        alt: str,
        labels: tuple[str, ...] | None = None,
    ) -> Sheet:
        """A row of examples (N, ...), or of none, and last a signed error (...)."""
        last = self.errors(error[None])
        drawn = np.broadcast_to(self.pictures(examples), (len(examples), *last.shape[1:]))
        cells = np.concatenate([drawn, last])
        return Sheet(tile(cells, len(cells)), title, alt, labels, cell=cells.shape[-1])

    def arranged(self, examples: np.ndarray, columns: int, gap: int = 1) -> np.ndarray:
        """Pixels of a sheet of examples, as `arrange` makes it."""
        return arrange(self.pictures(examples), columns, gap)
