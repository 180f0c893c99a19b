"""To be written: what stands in latent/, in a sentence."""
