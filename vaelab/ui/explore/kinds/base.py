"""What a kind of data has on the pages of a run beyond pictures of its examples."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vaelab.ui.explore.opened import Opened


@dataclass(frozen=True)
class OwnExample:
    """How a visitor makes an example of a kind."""

    title: str
    """Label of its section on Reconstructions."""
    section: Callable[[Opened], None]
    """Draw the input and the model's reconstruction of it."""
    take: Callable[[Opened], np.ndarray | None]
    """The visitor's example, (...); None if there is none."""


@dataclass(frozen=True)
class View:
    """What the pages show of a kind of data."""

    name: str
    own: OwnExample | None = None
    """None if visitors make no examples of this kind."""
