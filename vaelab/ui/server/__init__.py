"""To be written: what stands in server/, in a sentence."""
