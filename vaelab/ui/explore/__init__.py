"""The pages that explore a trained run: Reconstructions, Latent space, Latent grid and Walks.

`opened` loads a run once for all of them, `results` has what is computed from it, and `rewind` moves it to an
earlier step.
"""
