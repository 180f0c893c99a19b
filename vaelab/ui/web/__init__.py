"""To be written: what stands in web/, in a sentence."""
