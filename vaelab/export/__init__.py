"""Export and import: a recipe as a script, notebook or command, and a run as a zip.

Nothing that comes back is trusted: `bundle_checks` and `unzip` refuse it with a sentence before it reaches
a run.
"""
