"""The names of a link's parameters as the pages label their widgets, for sentences on links."""

from vaelab.config import FIELD_NAMES, field_spec

LABELS = {
    "a": "Image A",
    "anchor": "Anchor",
    "at": "Kept point",
    "b": "Image B",
    "c": "Image C",
    "class": "Class",
    "codes": "Codes",
    "count": "Images",
    "drawn": "Your drawing",
    "drawn_as": "Your drawing is",
    "field": "What varies",
    "field2": "What else varies",
    "kept": "A point of your choice",
    "layers": "Show",
    "lesson": "Lesson",
    "measure": "Measure",
    "n": "Images a side",
    "pictures": "Pictures",
    "place": "Place of the cursor",
    "plane": "Plane",
    "present": "Present",
    "range": "Range",
    "range_x": "Range of the first axis",
    "range_y": "Range of the second axis",
    "region": "The chosen region",
    "runs": "Runs",
    "sample_seed": "Seed",
    "seed": "Seed",
    "seeds": "Seeds",
    "show": "Show",
    "shown": "Dimensions shown",
    "sort": "Order",
    "source": "Draw from",
    "step": "Rewind to",
    "steps": "Pictures a strip",
    "temperature": "Temperature",
    "values": "Its values",
    "values2": "Values of that",
    "walk": "Walk",
    "x": "Across",
    "y": "Up",
}
"""What pages call their choices, by the parameter; a page that calls one otherwise says so itself."""

_LONGEST = 40
"""Letters of an unknown name that a sentence repeats at most."""


def called(name: str, label: str | None = None) -> str:
    """A parameter as sentences name it: “Order” (sort), or “Class” where the link has the same word.

    Parameters
    ----------
    label
        What the page calls it, if not what all pages do. A parameter that no page knows has its own name.
    """
    label = label or LABELS.get(name) or (field_spec(name).label if name in FIELD_NAMES else "")
    if not label:
        return name[:_LONGEST]
    return f"“{label}”" + ("" if label.casefold() == name else f" ({name})")
