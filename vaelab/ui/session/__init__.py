"""To be written: what stands in session/, in a sentence."""
