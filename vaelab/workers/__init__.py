"""To be written: what stands in workers/, in a sentence."""
