"""To be written: what stands in recipe/, in a sentence."""
