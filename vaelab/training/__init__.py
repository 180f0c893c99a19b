"""To be written: what stands in training/, in a sentence."""
