"""How each kind of data is drawn: one module for each kind."""

from vaelab.data import DatasetSpec
from vaelab.figures.kinds.base import Drawn
from vaelab.figures.kinds.image import IMAGE

KINDS: dict[str, Drawn] = {kind.name: kind for kind in (IMAGE,)}


def kind_of(spec: DatasetSpec) -> Drawn:
    """How examples of a data set are drawn."""
    return KINDS[spec.kind.name]
