"""What lessons share: questions, statements, links, and the run of an experiment."""

from typing import Any

import numpy as np
import streamlit as st

from vaelab.config import PRESETS, RunConfig
from vaelab.paths import PAGES
from vaelab.runs import Run, RunDamaged
from vaelab.teaching.lessons import Lesson, Question, Statement
from vaelab.ui.recipe.actions import recipe_actions
from vaelab.ui.session import dataset, own_runs, page_link, parameters_of, put, store, take_next_seed, trained


def lesson_run(preset: str) -> Run:
    """The visitor's newest finished run of a preset, else its finished example."""
    return trained_by_visitor(PRESETS[preset].config) or store().get(preset)


def trained_by_visitor(config: RunConfig) -> Run | None:
    """The visitor's newest finished run of exactly a recipe; None if there is none."""
    for run in own_runs():
        try:
            if run.config == config and run.has_model() and run.status().state == "finished":
                return run
        except RunDamaged:
            continue
    return None


def name_runs(*runs: Run) -> None:
    """Draw a caption with the runs that the numbers come from."""
    names = [
        f"{run.in_words} ({f'finished example {run.id}' if run.shipped else 'trained by you'})"
        for run in runs
    ]
    st.caption(f"Live from {' and '.join(names)}.")


def pick_image(number: int, run: Run) -> int:
    """Choose a test image of a run's data set; returns its index."""
    count = len(dataset(run.config.dataset).x_test)
    index: int = st.number_input(
        "Test image",
        0,
        count - 1,
        0,
        key=f"lesson_{number}_image",
        width=180,
        persist_state="session",
        help=f"Which of the {count:,} test images.",
    )
    return index


def draw_again(number: int, label: str) -> int:
    """Draw a button that takes the next seed; returns the seed of the random numbers."""
    key = f"lesson_{number}_seed"
    st.button(label, key=f"{key}_next", icon=":material/casino:", on_click=take_next_seed, args=(key,))
    return int(st.session_state.get(key, 0))


def decoded(run: Run, codes: np.ndarray) -> np.ndarray:
    """Mean images (N, ...) of codes (N, d), by a run's model as it was last saved."""
    from vaelab.models.codes import decode

    return decode(trained(run).model, codes)


def ask(number: int, question: Question) -> bool:
    """Draw the question of a lesson; returns whether its answer has been revealed."""
    with st.container(border=True, key="lesson-question"):
        st.markdown("## Predict first")
        return predict(f"lesson_{number}", question, "lesson_reveal")


def predict(key: str, question: Question, button: str, more: str = "", help: str | None = None) -> bool:
    """Draw a question with its options, and its answer once one was chosen; returns whether it is revealed.

    Parameters
    ----------
    key: the start of the keys under which prediction and reveal are kept.
    button: the key of the button that reveals the answer.
    more: Markdown that follows the answer, and the help beside it.
    """
    prediction_key, revealed_key = f"{key}_prediction", f"{key}_revealed"
    revealed: bool = st.session_state.get(revealed_key, False)
    st.markdown(question.ask)
    widget: Any = st.pills if question.several else st.radio
    extra: dict[str, Any] = {"selection_mode": "multi"} if question.several else {"index": None}
    chosen = widget(
        "Your prediction",
        list(range(len(question.options))),
        format_func=question.options.__getitem__,
        key=prediction_key,
        disabled=revealed,
        persist_state="session",
        label_visibility="collapsed",
        **extra,
    )
    predicted = set(chosen) if question.several else {chosen} - {None}
    if not revealed:
        st.button(
            "Reveal",
            key=button,
            type="primary",
            disabled=not predicted,
            on_click=_reveal,
            args=(revealed_key, prediction_key),
            # A button that has been pressed would leave its explanation over the answer.
            help=None if predicted else "Choose an answer first.",
        )
        return False
    answer = "; ".join(question.options[option] for option in question.right)
    is_right = predicted == set(question.right)
    verdict = "**As you predicted.**" if is_right else f"**Not quite. The answer: {answer}.**"
    st.markdown(" ".join(filter(None, (verdict, question.why, more))), help=help)
    return True


def _reveal(revealed_key: str, prediction_key: str) -> None:
    # Streamlit drops what a widget got in the same run that disables it, unless code has set its value:
    # an option that was pressed just before Reveal would be lost.
    put(prediction_key, st.session_state[prediction_key])
    put(revealed_key, True)


def judge(number: int, statements: tuple[Statement, ...]) -> None:
    """Draw the statements of a lesson, each to be judged true or false."""
    st.header("True or false?")
    for index, statement in enumerate(statements):
        with st.container(key=f"lesson-statement-{index}", gap="xsmall"):
            st.markdown(f"“{statement.text}”")
            answer = st.segmented_control(
                f"“{statement.text}”",
                ("True", "False"),
                key=f"lesson_{number}_statement_{index}",
                label_visibility="collapsed",
                persist_state="session",
            )
            if answer:
                verdict = "Right" if (answer == "True") == statement.true else "No"
                st.markdown(f"**{verdict}: it is {str(statement.true).lower()}.** {statement.why}")


def go_on(number: int, lesson: Lesson) -> None:
    """Draw the recipes to train and the links into the app."""
    st.header("Do it yourself")
    for index, recipe in enumerate(lesson.recipes):
        with st.container(key=f"lesson-recipe-{index}", gap="xsmall"):
            st.markdown(recipe.label)
            recipe_actions(recipe.config, f"lesson-{number}-{index}", twins=recipe.twins)
    for link in lesson.links:
        page_link(
            PAGES / f"{link.page}.py",
            label=link.label,
            icon=":material/arrow_outward:",
            query_params=(parameters_of(link.config) if link.config else {}) | link.parameters,
        )
