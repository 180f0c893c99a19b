"""To be written: what stands in compare/, in a sentence."""
