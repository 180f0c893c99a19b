"""To be written: what stands in models/, in a sentence."""
