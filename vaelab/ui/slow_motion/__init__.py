"""Slow motion: one training step on one image, stage by stage, below the Train page.

A run and the number of a stage enter. The stage is drawn: its formula, its line of code, its numbers.
"""
