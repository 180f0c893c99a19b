"""Analysis of a trained run: loading its model, measuring it, and taking one step apart.

A `Run` or a trained `Autoencoder` enters. Numbers and arrays leave. This package loads PyTorch.
"""
