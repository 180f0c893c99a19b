"""The browser components as Python functions: charts, pictures, the latent canvas, draw pad, waiting, files.

Figures and runs enter. The visitor's choices in the browser leave, checked. The JavaScript is in
`assets/components/`.
"""
