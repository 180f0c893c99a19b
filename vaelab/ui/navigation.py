"""Going from page to page without losing what was chosen."""

from __future__ import annotations

from vaelab.ui.chosen import chosen_run
from vaelab.ui.forms import recipe_now
from vaelab.ui.link import address_of


def address_within(title: str) -> dict[str, str]:
    """Parameters of the sidebar's link to a page: the recipe for Train, the chosen run for all."""
    if title == "Runs":
        return {}
    run = chosen_run()
    if title == "Train":
        return address_of(recipe_now(), run.id if run and not run.shipped else None)
    return {"run": run.id} if run else {}
