"""The data sets: their catalogue, how they are fetched and cached, and the kinds of examples.

Names of data sets enter, and drawings or images that a visitor brings. Numpy arrays leave: `Dataset` with
training and test examples, memory-mapped. Nothing here knows a model.
"""

from vaelab.data.catalogue import DATASETS, DatasetSpec
from vaelab.data.downloads import DatasetUnavailable
from vaelab.data.drawing import Shape, placement_for
from vaelab.data.loading import Dataset, is_ready, load

__all__ = [
    "DATASETS",
    "Dataset",
    "DatasetSpec",
    "DatasetUnavailable",
    "Shape",
    "is_ready",
    "load",
    "placement_for",
]
