"""To be written: what stands in widgets/, in a sentence."""
