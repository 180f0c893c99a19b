"""Slow motion: one training step on one image, stage by stage, below the Train page."""
