"""The parameters of the sidebar's links, which keep the recipe, the run and the sweep that were chosen."""

from collections.abc import Iterable

from vaelab.runs import Run
from vaelab.ui.session import address_of, chosen_run, recipe_now, visit
from vaelab.ui.session.chosen import run_to_explore
from vaelab.ui.sweep.link import address_of_sweep


def addresses_within(titles: Iterable[str], current: str) -> dict[str, dict[str, str]]:
    """Parameters of the sidebar's link to each page: Train's recipe, Sweep's sweep, the lesson, or a run.

    `current` is the title of the page that is being drawn.
    """
    run = run_to_explore()
    return {title: _address_within(title, current, run) for title in titles}


def _address_within(title: str, current: str, run: Run | None) -> dict[str, str]:
    if title in ("Compare", "Failures", "Glossary", "Runs"):
        return {}
    if title == "Lessons":
        number = visit().lesson
        # From a lesson the link leads to the index of lessons, from other pages to the lesson last open.
        return {"lesson": str(number)} if number and current != title else {}
    if title == "Sweep":
        return address_of_sweep()
    if title == "Train":
        chosen = chosen_run()
        return address_of(recipe_now(), chosen.id if chosen and not chosen.shipped else None)
    return {"run": run.id} if run else {}
