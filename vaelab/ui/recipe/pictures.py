"""The small pictures of finished models, which `assets/pictures/make.py` draws."""

from vaelab.config import as_text
from vaelab.config.presets import FIRST_PRESET
from vaelab.ui.web.assets import asset_url, is_asset


def picture_url(name: str) -> str | None:
    """The address of a picture; None if there is none."""
    path = f"pictures/{name}.webp"
    return asset_url(path) if is_asset(path) else None


def picture_with(name: str, value: float) -> str:
    """The name of the picture of the first recipe with another value of a field."""
    return f"{FIRST_PRESET}-{name}-{as_text(value)}"
