"""The failure gallery: a card per recipe that goes wrong, with a question, its answer and Train."""

import streamlit as st

from vaelab.config import RunConfig, field_spec, in_words
from vaelab.config.fields import changes
from vaelab.teaching.failures import FAILURES, Failure
from vaelab.teaching.glossary import help_for
from vaelab.teaching.hints import ABOUT
from vaelab.ui.learn.parts import predict
from vaelab.ui.recipe.actions import recipe_actions

COLUMNS = 3

QUESTION = 300
"""Height in CSS pixels of a question, which its answer does not change: no other card moves."""


def failure_cards() -> None:
    """Draw all cards, row by row, so that a phone shows them in the same order."""
    names = list(FAILURES)
    for start in range(0, len(names), COLUMNS):
        for column, name in zip(st.columns(COLUMNS), names[start : start + COLUMNS], strict=False):
            with column:
                _card(name, FAILURES[name])


def _card(name: str, failure: Failure) -> None:
    title, term = ABOUT[failure.hint]
    with st.container(border=True, key=f"failure-{name}", gap="small", height="stretch"):
        st.markdown(f"## {failure.title}")
        with st.container(
            height=QUESTION, border=False, key=f"question-{name}", vertical_alignment="distribute"
        ):
            predict(f"failure_{name}", failure.question, f"reveal-{name}", f"**{title}.**", help_for(term))
        st.caption(_changed_fields(failure.config))
        recipe_actions(failure.config, name)


def _changed_fields(config: RunConfig) -> str:
    """The fields in which a config differs from the default one, in words."""
    return " · ".join(
        f"{field_spec(name).label.lower()} {in_words(name, getattr(config, name))}"
        for name in changes(config, RunConfig())
    )
