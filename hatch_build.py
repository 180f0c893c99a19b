"""What pyproject.toml cannot say: an installed package needs what requirements.txt lists for the app."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Dependencies(MetadataHookInterface):
    """Reads the dependencies from requirements.txt, so that they are written once."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the dependencies: the lines below the heading "The app", without their reasons."""
        text = (Path(self.root) / "requirements.txt").read_text("utf-8")
        lines = text.partition("# The app\n")[2].partition("\n\n")[0].splitlines()
        metadata["dependencies"] = [line.partition("#")[0].strip() for line in lines]
