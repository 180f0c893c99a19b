"""To be written: what stands in analysis/, in a sentence."""
