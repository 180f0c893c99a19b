"""The note that the form's recipe is not that of the run on the page, with a way out in both directions."""

import streamlit as st

from vaelab.config import RunConfig, field_spec, in_words
from vaelab.config.comparable import fields_that_differ
from vaelab.runs import Run
from vaelab.ui.session import ask_to_start, held_dials, let_go, plain, stop, visit
from vaelab.ui.session.recipe import BOTH, read_form, take_recipe
from vaelab.words import capitalized

MOST_NAMED = 2
"""Fields that the note names; of more it gives the number."""


def not_yet_trained(run: Run | None, config: RunConfig | None) -> None:
    """Draw what the form's recipe has that the run has not, in a container that keeps its room.

    Parameters
    ----------
    run
        The run that the page shows, if there is one.
    config
        The recipe of the form; None if it is wrong.
    """
    with st.container(key="untrained", gap=None):
        st.empty()  # Streamlit draws no container without anything in it, and so would not keep its room
        if run is None or config is None:
            return
        held = held_dials(run)
        # Of twins either is what the form asks for.
        model = run.config.model if visit().twins else config.model
        differing = [
            name
            for name in fields_that_differ([config.variant(model=model), run.config])
            if held.get(name) != getattr(config, name)
        ]
        if visit().twins and run.meta.kind != "twins":
            differing.insert(0, "model")
        if held and not differing:
            st.caption(plain(f"{_named(config, list(held))}: by hand"))
            st.button("Let the schedule go on", key="let_go", type="tertiary", on_click=let_go, args=(run,))
        if not differing:
            return
        st.caption(plain(f"{_named(config, differing)}: not yet trained"))
        st.button("Restart with it", key="restart", type="tertiary", on_click=_restart, args=(run,))
        st.button(
            "Back to the run's recipe",
            key="show_recipe",
            type="tertiary",
            on_click=take_recipe,
            args=(run.config,),
        )


def _named(config: RunConfig, names: list[str]) -> str:
    """The values of fields in words: "Latent dimension 8, beta 4"."""
    values = {"model": BOTH} if visit().twins else {}
    some = [
        f"{field_spec(name).label.lower()} {values.get(name) or in_words(name, getattr(config, name))}"
        for name in names[:MOST_NAMED]
    ]
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return capitalized(", ".join(some + more))


def _restart(run: Run) -> None:
    """Stop the run and its twin, if they are the visitor's and still train; ask for a start of the recipe."""
    config, _ = read_form()  # with what was typed just before the press
    if config is None:
        return
    stop(run)
    ask_to_start(config, twins=visit().twins)
