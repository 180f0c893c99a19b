"""To be written: what stands in runs/, in a sentence."""
