"""To be written: what stands in sweep/, in a sentence."""
