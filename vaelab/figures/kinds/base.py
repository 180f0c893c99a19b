"""Drawing examples of a kind of data: alone, in rows, and beside a reconstruction error."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from vaelab.figures.sheets import Sheet, arrange, tile


@dataclass(frozen=True)
class Renderer:
    """Draws examples of a kind of data, as square pictures of one size: (N, 1 or 3, side, side) uint8."""

    name: str
    pictures: Callable[[np.ndarray], np.ndarray]
    """Pictures of examples (N, ...)."""
    errors: Callable[[np.ndarray], np.ndarray]
    """Pictures in colour of signed errors (N, ...): reconstruction minus example, from -1 to 1."""
    error_legend: Callable[[], go.Figure]
    """The colours of such errors as a bar that is wide and low."""
    error_words: Callable[[tuple[int, ...]], str]
    """How errors of examples of a shape were reduced to a picture, as a part of a sentence; may be empty."""

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
        cells = self.pictures(examples)
        return Sheet(
            tile(cells, columns, gap), title, alt, column_labels, row_labels, cell=cells.shape[-1], gap=gap
        )

    def with_error(
        self,
        examples: np.ndarray,
        error: np.ndarray,
        title: str,
        alt: str,
        labels: tuple[str, ...] | None = None,
    ) -> Sheet:
        """A row of examples (N, ...), N may be 0, with the picture of a signed error (...) at its end."""
        last = self.errors(error[None])
        pictures = np.broadcast_to(self.pictures(examples), (len(examples), *last.shape[1:]))
        cells = np.concatenate([pictures, last])
        return Sheet(tile(cells, len(cells)), title, alt, labels, cell=cells.shape[-1])

    def arranged(self, examples: np.ndarray, columns: int, gap: int = 1) -> np.ndarray:
        """The pixels of a sheet of examples, as `arrange` makes it."""
        return arrange(self.pictures(examples), columns, gap)
