"""Training as a generator: a `RunConfig` enters and events leave.

`loop` has `train` and `fit`, `session` is one training in progress, and `progress` is what has to be saved
to resume it exactly. Nothing here writes a file, draws a page or uses the global random generators.
"""

from vaelab.training.loop import fit, train

__all__ = ["fit", "train"]
