"""To be written: what stands in learn/, in a sentence."""
