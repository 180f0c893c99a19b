"""To be written: what stands in figures/, in a sentence."""
