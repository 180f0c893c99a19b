"""To be written: what stands in networks/, in a sentence."""
