"""The pages Lessons, Glossary and Failures: the texts of `teaching`, with something to try."""
