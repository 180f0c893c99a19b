"""Encoder and decoder as lists of operations, without PyTorch.

A `RunConfig` and the shape of an example enter. Lists of layers leave, from which PyTorch
modules, the exported script, the browser's decoder and all estimates of size and cost are made.
"""
