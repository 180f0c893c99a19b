"""The link that a teacher sends: page, recipe, whose seed, and what students see of it."""

from __future__ import annotations

import streamlit as st

from vaelab.config.run_config import RunConfig
from vaelab.runs.store import Run
from vaelab.teaching.lessons import LESSONS
from vaelab.ui.session.display import CONTROLS, Display
from vaelab.ui.session.places import VIEWS
from vaelab.ui.session.recipe_link import OPEN_SEED, link_to, parameters_of


def class_link(config: RunConfig, run: Run | None) -> str:
    """Draw what can be chosen; returns the link."""
    pages = _pages(config, run)
    left, right = st.columns(2)
    with left:
        page = st.selectbox("Page", list(pages), key="class_page")
    with right:
        own_seed = st.toggle("Everybody their own seed", key="class_open_seed",
                             help="Only where the link carries a recipe.")  # fmt: skip
        present = st.toggle("Large, for projection", key="class_present",
                            help="Without the sidebar, and with large letters also in charts.")  # fmt: skip
    seen = st.pills(
        "Students see", list(CONTROLS), selection_mode="multi", default=list(CONTROLS), key="class_seen",
        format_func=lambda name: CONTROLS[name].label,
        help="What is not ticked is hidden on every page. That is for focus: it can be found all the same.",
    )  # fmt: skip
    path, parameters = pages[page]
    if own_seed and "seed" in parameters:
        parameters = parameters | {"seed": OPEN_SEED}
    hidden = tuple(name for name in CONTROLS if name not in seen)
    return link_to(path, parameters | Display(hidden, present).parameters())


def _pages(config: RunConfig, run: Run | None) -> dict[str, tuple[str, dict[str, str]]]:
    """Path and parameters of the pages that a link can lead to, by what they are called."""
    recipe = parameters_of(config)
    pages = {"Train, with this recipe": ("", recipe), "Sweep, with this recipe": ("sweep", recipe)}
    if run:
        pages |= {
            f"{title}, of this run": (title.lower().replace(" ", "-"), {"run": run.id})
            for _, title, _ in VIEWS
        }
    return pages | {
        f"Lesson {number}: {lesson.title}": ("lessons", {"lesson": str(number)})
        for number, lesson in LESSONS.items()
    }
