"""To be written: what stands in export/, in a sentence."""
