"""To be written: what stands in teaching/, in a sentence."""
