"""Arrays enter, and pictures leave: Plotly figures, PNG sheets and GIF animations.

Nothing here reads a run, loads a model or knows a page.
"""
