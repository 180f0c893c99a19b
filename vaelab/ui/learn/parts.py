"""What lessons share: questions, statements, links, and the run that an experiment is done on."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from vaelab.config.presets import PRESETS
from vaelab.paths import PAGES
from vaelab.runs.errors import RunDamaged
from vaelab.runs.run import Run, describe
from vaelab.teaching.lessons.entry import Lesson, Question, Statement
from vaelab.ui.recipe.actions import recipe_actions
from vaelab.ui.session.address import page_link
from vaelab.ui.session.recipe_link import parameters_of
from vaelab.ui.session.state import dataset, own_runs, store, trained
from vaelab.ui.session.visit import put


def lesson_run(preset: str) -> Run:
    """The run of a preset: the visitor's newest that has finished, else the example that comes along."""
    for run in own_runs():
        try:
            same = run.config == PRESETS[preset].config
            if same and run.has_model() and run.status().state == "finished":
                return run
        except RunDamaged:
            continue
    return store().get(preset)


def say_which(*runs: Run) -> None:
    """Say which runs the numbers are of."""
    told = [
        f"{describe(run.config)} ({f'finished example {run.id}' if run.shipped else 'trained by you'})"
        for run in runs
    ]
    st.caption(f"Live from {' and '.join(told)}.")


def pick_image(number: int, run: Run) -> int:
    """Choose a test image of a run's data set, from 0."""
    count = len(dataset(run.config.dataset).x_test)
    key = f"lesson_{number}_image"
    chosen = st.number_input(
        "Test image", 0, count - 1, 0, key=key, width=180, persist_state="session",
        help=f"Which of the {count:,} test images.",
    )  # fmt: skip
    return int(chosen)


def draw_again(number: int, label: str) -> int:
    """Draw a button that takes other random numbers; returns their seed."""
    key = f"lesson_{number}_seed"
    st.button(label, key=f"{key}_next", icon=":material/casino:", on_click=_next_seed, args=(key,))
    return int(st.session_state.get(key, 0))


def _next_seed(key: str) -> None:
    put(key, st.session_state.get(key, 0) + 1)


def decoded(run: Run, codes: np.ndarray) -> np.ndarray:
    """Mean images (N, ...) of codes (N, d), by a run's model as it was last saved."""
    from vaelab.models.codes import decode

    return decode(trained(run).model, codes)


def ask(number: int, question: Question) -> bool:
    """Draw the question of a lesson; whether its answer has been revealed."""
    key = f"lesson_{number}_prediction"
    revealed: bool = st.session_state.get(f"lesson_{number}_revealed", False)
    with st.container(border=True, key="lesson-question"):
        st.markdown(f"#### Predict first\n{question.ask}")
        places = list(range(len(question.options)))
        widget: Any = st.pills if question.several else st.radio
        extra: dict[str, Any] = {"selection_mode": "multi"} if question.several else {"index": None}
        chosen = widget(
            "Your prediction", places, format_func=question.options.__getitem__, key=key, disabled=revealed,
            persist_state="session", label_visibility="collapsed", **extra,
        )  # fmt: skip
        predicted = set(chosen) if question.several else {chosen} - {None}
        if not revealed:
            st.button("Reveal", key="lesson_reveal", type="primary", disabled=not predicted,
                      on_click=_reveal, args=(number,), help="Choose an answer first.")  # fmt: skip
            return False
        verdict = "**As you predicted.**" if predicted == set(question.right) else _right(question)
        st.markdown(f"{verdict} {question.why}")
    return True


def _right(question: Question) -> str:
    named = "; ".join(question.options[place] for place in question.right)
    return f"**Not quite. The answer: {named}.**"


def _reveal(number: int) -> None:
    put(f"lesson_{number}_revealed", True)


def judge(number: int, statements: tuple[Statement, ...]) -> None:
    """Draw the statements of a lesson, each to be judged true or false."""
    st.subheader("True or false?")
    for place, statement in enumerate(statements):
        with st.container(key=f"lesson-statement-{place}", gap="xsmall"):
            st.markdown(f"“{statement.text}”")
            answer = st.segmented_control(
                f"“{statement.text}”", ("True", "False"), key=f"lesson_{number}_statement_{place}",
                label_visibility="collapsed", persist_state="session",
            )  # fmt: skip
            if answer:
                right = (answer == "True") == statement.true
                st.markdown(
                    f"**{'Right' if right else 'No'}: it is {str(statement.true).lower()}.** {statement.why}"
                )


def go_on(number: int, lesson: Lesson) -> None:
    """Draw the recipes to train and the links into the app."""
    st.subheader("Do it yourself")
    for place, recipe in enumerate(lesson.recipes):
        with st.container(key=f"lesson-recipe-{place}", gap="xsmall"):
            st.markdown(recipe.label)
            recipe_actions(recipe.config, f"lesson-{number}-{place}", twins=recipe.twins)
    for link in lesson.links:
        page_link(
            PAGES / f"{link.page}.py",
            label=link.label,
            icon=":material/arrow_outward:",
            query_params=(parameters_of(link.config) if link.config else {}) | link.parameters,
        )
