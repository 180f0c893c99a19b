"""Where the pages are, what they are called and their icons: for the sidebar and for links between pages."""

from __future__ import annotations

from vaelab.paths import PAGES

ICONS = {
    "Train": ":material/play_circle:",
    "Reconstructions": ":material/compare:",
    "Latent space": ":material/scatter_plot:",
    "Latent grid": ":material/grid_view:",
    "Walks": ":material/directions_walk:",
    "Compare": ":material/balance:",
    "Sweep": ":material/tune:",
    "Failures": ":material/report:",
    "Lessons": ":material/school:",
    "Glossary": ":material/dictionary:",
    "Runs": ":material/list:",
}

VIEWS = tuple(
    (PAGES / f"{title.lower().replace(' ', '_')}.py", title, ICONS[title])
    for title in ("Reconstructions", "Latent space", "Latent grid", "Walks")
)
"""Pages that show what a run has learned: script, title and icon."""
