"""To be written: what stands in config/, in a sentence."""
