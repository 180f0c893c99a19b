"""To be written: what stands in slow_motion/, in a sentence."""
