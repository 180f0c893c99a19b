"""Conversion of each kind of data to tensors and back: one module per kind."""

from vaelab.data import DatasetSpec
from vaelab.models.kinds.base import Tensors
from vaelab.models.kinds.image import IMAGE

KINDS: dict[str, Tensors] = {kind.name: kind for kind in (IMAGE,)}


def kind_of(spec: DatasetSpec) -> Tensors:
    """The conversion for examples of a data set."""
    return KINDS[spec.kind.name]
