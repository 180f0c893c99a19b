"""To be written: what stands in explore/, in a sentence."""
