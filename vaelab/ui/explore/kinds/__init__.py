"""What the pages of a run have for each kind of data: one module a kind."""

from vaelab.data import DatasetSpec
from vaelab.ui.explore.kinds.base import View
from vaelab.ui.explore.kinds.image import IMAGE

KINDS: dict[str, View] = {kind.name: kind for kind in (IMAGE,)}


def kind_of(spec: DatasetSpec) -> View:
    """What the pages have for the examples of a data set."""
    return KINDS[spec.kind.name]
