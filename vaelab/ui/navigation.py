"""The bar at the top of every page: links that keep recipe, run and sweep, and the button Present."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import streamlit as st

from vaelab.runs import Run
from vaelab.ui.session import address_of, chosen_run, page_link, recipe_now, visit
from vaelab.ui.session.chosen import run_to_explore
from vaelab.ui.session.display import offer_to_present
from vaelab.ui.session.pages import Page
from vaelab.ui.sweep.link import address_of_sweep


def top_bar(scripts: Mapping[Page, Any], current: str) -> None:
    """Draw the bar; a group of several pages opens as a list of links.

    Parameters
    ----------
    scripts: the pages in their order, each with what `st.page_link` leads to.
    current: the title of the page that is being drawn.
    """
    run = run_to_explore()

    def link(page: Page) -> None:
        # A link has no parameters by itself: these keep the recipe and the run.
        address = _address_within(page.title, current, run)
        page_link(scripts[page], icon=page.icon, query_params=address)

    with st.container(key="topbar", horizontal=True, vertical_alignment="center", gap="small"):
        for group, members in groupby(scripts, key=lambda page: page.group):
            pages = list(members)
            if len(pages) == 1:
                link(pages[0])
                continue
            here = next((f" :primary[{page.title}]" for page in pages if page.title == current), "")
            # With the page in its key, the list is another element on the next page, and so is closed there.
            with st.popover(f"{group}{here}", type="tertiary", key=f"pages-{group}-{current}"):
                for page in pages:
                    link(page)
        offer_to_present()


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
