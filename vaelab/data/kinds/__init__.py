"""The kinds of data: one module per kind, with the same name in `models`, `figures` and `ui.explore`."""

from vaelab.data.kinds.base import Kind
from vaelab.data.kinds.image import IMAGE

KINDS: dict[str, Kind] = {kind.name: kind for kind in (IMAGE,)}
