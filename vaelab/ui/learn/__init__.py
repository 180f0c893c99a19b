"""The pages Lessons, Glossary and Failures: the texts of `teaching`, with something to try.

A lesson, term or failure of the address enters. Its text is drawn, and what one can try on a trained
model.
"""
