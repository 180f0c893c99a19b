"""The engine decides which run trains when: the queue, the pool of workers, the limits, and measuring.

Configs and requests of visitors enter through `Engine`. Workers, which it starts, leave their results in the
folders of the runs. Nothing here loads PyTorch: the programs in `workers` do.
"""

from vaelab.engine.engine import Engine

__all__ = ["Engine"]
