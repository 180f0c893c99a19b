"""The PyTorch side of a model: the one `Autoencoder`, its posteriors, objectives, codes and evaluation.

A `RunConfig` and tensors enter. Losses in nats per example, codes and decoded examples leave. This package
loads PyTorch when it is imported, and so do `training`, `analysis` and `workers`, but no other.
"""
