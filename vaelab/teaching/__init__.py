"""What the app teaches, as data: the glossary, the lessons, the failures, and the rules of the hints.

A run's config and curves enter the rules of `hints`. Texts, questions and links leave. Pages draw them.
"""
