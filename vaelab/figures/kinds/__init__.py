"""The renderers of the kinds of data: one module for each kind."""

from vaelab.data import DatasetSpec
from vaelab.figures.kinds.base import Renderer
from vaelab.figures.kinds.image import IMAGE

KINDS: dict[str, Renderer] = {kind.name: kind for kind in (IMAGE,)}


def kind_of(spec: DatasetSpec) -> Renderer:
    """The renderer of a data set's examples."""
    return KINDS[spec.kind.name]
