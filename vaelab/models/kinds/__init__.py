"""How each kind of data becomes the numbers that a model takes, and back: one module a kind."""

from vaelab.data.catalogue import DatasetSpec
from vaelab.models.kinds.base import Tensors
from vaelab.models.kinds.image import IMAGE

KINDS: dict[str, Tensors] = {kind.name: kind for kind in (IMAGE,)}


def kind_of(spec: DatasetSpec) -> Tensors:
    """How examples of a data set become tensors."""
    return KINDS[spec.kind.name]
