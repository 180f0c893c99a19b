"""To be written: what stands in engine/, in a sentence."""
