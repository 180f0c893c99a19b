"""Who trains when: the queue, the pool of workers, the limits, and the measuring of finished runs.

Wishes of visitors enter through `Engine`. Workers are started, and files of runs say how each stands.
Nothing here loads PyTorch: the programs in `workers` do.
"""
