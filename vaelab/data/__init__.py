"""To be written: what stands in data/, in a sentence."""
