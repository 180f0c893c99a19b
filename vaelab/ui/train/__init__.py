"""To be written: what stands in train/, in a sentence."""
