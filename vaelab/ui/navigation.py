"""Going from page to page without losing what was chosen."""

from __future__ import annotations

from collections.abc import Iterable

from vaelab.ui.session.chosen import chosen_run, run_to_explore
from vaelab.ui.session.recipe import recipe_now
from vaelab.ui.session.recipe_link import address_of
from vaelab.ui.session.visit import visit
from vaelab.ui.sweep.link import address_of_sweep


def addresses_within(titles: Iterable[str], current: str) -> dict[str, dict[str, str]]:
    """Parameters of the sidebar's links to pages: Train's recipe, Sweep's sweep, the lesson, a run.

    `current` is the title of the page that is being drawn.
    """
    shown = run_to_explore()
    run = {"run": shown.id} if shown else {}
    return {title: _address_within(title, current, run) for title in titles}


def _address_within(title: str, current: str, run: dict[str, str]) -> dict[str, str]:
    if title in ("Compare", "Failures", "Glossary", "Runs"):
        return {}
    if title == "Lessons":
        number = visit().lesson
        # From a lesson it leads to all of them, from elsewhere back to the one that was left.
        return {"lesson": str(number)} if number and current != title else {}
    if title == "Sweep":
        return address_of_sweep()
    if title == "Train":
        chosen = chosen_run()
        return address_of(recipe_now(), chosen.id if chosen and not chosen.shipped else None)
    return run
