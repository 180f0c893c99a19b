"""VAE Lab: train autoencoders and variational autoencoders, and look at what they learned."""
