"""The pages that explore a trained run: Reconstructions, Latent space, Latent grid and Walks.

`opened` loads a run once for all of them, and `rewind` moves it to an earlier step.
"""
