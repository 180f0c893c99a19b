"""To be written: what stands in sweeps/, in a sentence."""
