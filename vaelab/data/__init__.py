"""The data sets: their catalogue, how they are fetched and cached, and the kinds of examples.

Names of data sets enter, and drawings or images that a visitor brings. Numpy arrays leave: `Dataset` with
training and test examples, memory-mapped. Nothing here knows a model.
"""
