"""To be written: what stands in cli/, in a sentence."""
