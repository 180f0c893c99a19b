"""The pages of the app in the order of the top bar: script, address, title, icon and purpose of each."""

from dataclasses import dataclass
from pathlib import Path

from vaelab.paths import PAGES


@dataclass(frozen=True)
class Page:
    """A page as the top bar and links show it."""

    group: str
    """The name under which the top bar lists it."""
    title: str
    icon: str
    help: str

    @property
    def script(self) -> Path:
        """The page's script."""
        return PAGES / f"{self.title.lower().replace(' ', '_')}.py"

    @property
    def path(self) -> str:
        """The page's path below the address of the app; empty for Train, which the address itself shows."""
        return "" if self.title == "Train" else self.title.lower().replace(" ", "-")


APP_PAGES = tuple(
    Page(group, title, f":material/{icon}:", help)
    for group, title, icon, help in (
        ("Train", "Train", "play_circle", "Choose a recipe, train a model and watch it learn."),
        ("Explore", "Reconstructions", "compare",
         "Test images beside what the model makes of them, and where it errs."),
        ("Explore", "Latent space", "scatter_plot", "Where the model puts every test image."),
        ("Explore", "Latent grid", "grid_view",
         "The images that the decoder draws, all over the latent space."),
        ("Explore", "Walks", "directions_walk",
         "What each latent dimension does, what lies between images, and new images."),
        ("Experiments", "Compare", "balance",
         "Two to six runs side by side, with one cursor for all latent planes."),
        ("Experiments", "Sweep", "tune",
         "What one setting does: train with several values of it and compare."),
        ("Experiments", "Failures", "report",
         "Recipes that go wrong, each in its own way: predict how, then train them."),
        ("Learn", "Lessons", "school", "Six short lessons, each with a question and a model to try it on."),
        ("Learn", "Glossary", "dictionary", "Every term that the pages use, explained."),
        ("Runs", "Runs", "list", "Every run you trained: compare, rename, download, delete."),
    )
)  # fmt: skip

VIEWS = tuple(page for page in APP_PAGES if page.group == "Explore")
"""Pages that show what a run has learned."""
