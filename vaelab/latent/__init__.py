"""Geometry of latent space: planes, spans, walks and densities of codes, as numbers.

Codes enter as arrays (N, d). Planes, ranges, paths and mixtures leave, also as arrays. Nothing here
decodes codes or needs PyTorch.
"""
