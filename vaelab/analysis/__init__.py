"""What a trained run is worth and does: loading it, measuring it, and one step of it taken apart.

A `Run` or a trained `Autoencoder` enters. Numbers and arrays leave. This package loads PyTorch.
"""
