"""The data sets: which there are, how they are fetched and cached, and what an example of each kind is.

Names of data sets enter, and drawings or images that a visitor brings. Numpy arrays leave: `Dataset` with
training and test examples, memory-mapped. Nothing here knows a model.
"""
