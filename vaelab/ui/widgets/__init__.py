"""The browser components as Python functions: charts, pictures, the latent canvas, the draw pad, the waiting.

Figures, run ids and settings enter. What the visitor chose in the browser leaves, checked. The JavaScript
is in `assets/components/`.
"""
