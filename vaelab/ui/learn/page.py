"""The page Lessons: an index, and one lesson at a time."""

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from vaelab.data import DatasetUnavailable
from vaelab.paths import PAGES
from vaelab.runs import RunDamaged, RunNotFound
from vaelab.teaching.lessons import LESSONS, Lesson
from vaelab.ui.learn.glossary import links_to_terms
from vaelab.ui.learn.parts import ask, go_on, judge
from vaelab.ui.session import (
    in_this_link,
    is_new,
    must_be,
    page_link,
    parameter,
    plain,
    visit,
    whole_number,
    write_address,
)
from vaelab.ui.widgets.components import go_to_top

LESSONS_PAGE = PAGES / "lessons.py"

WIDTH = 960
"""Width of a lesson in CSS pixels: its lines stay readable, and two charts stand side by side."""


def followed_lesson() -> int | None:
    """The number of the lesson in the address; None for the index, with a warning if it names no lesson."""
    wanted, number = parameter("lesson"), None
    if wanted is not None:
        try:
            number = whole_number(1, len(LESSONS))(wanted)
        except ValueError as allowed:
            st.warning(in_this_link(must_be("lesson", allowed, wanted)))
    visit().lesson = number
    is_first = "lesson" not in visit().seen
    if is_new("lesson", number) and not is_first:
        # A link from one lesson to the next changes the parameters here but not the address, because
        # Streamlit takes it for a link to the page that is shown. The first address of a visit is right.
        write_address({"lesson": str(number)} if number else {})
    return number


def index() -> None:
    """Draw links to all lessons, with a sentence on each."""
    with st.container(horizontal_alignment="center"), st.container(key="lessons", width=WIDTH):
        st.title("Lessons", anchor=False)
        st.caption(
            "Six short lessons, ten minutes each. Every number comes from a model that is really there: "
            "predict what it will do, look, then train your own."
        )
        for number, lesson in LESSONS.items():
            with st.container(border=True, key=f"lesson-card-{number}", gap="xsmall"):
                _link(number, f"{number}. {lesson.title}")
                st.markdown(lesson.summary)
    go_to_top("index")


def show_lesson(number: int) -> None:
    """Draw one lesson, from its text to the links to its neighbours."""
    lesson = LESSONS[number]
    with st.container(horizontal_alignment="center"), st.container(key=f"lesson-{number}", width=WIDTH):
        page_link(LESSONS_PAGE, label="All lessons", icon=":material/arrow_back:", query_params={})
        st.title(f"{number}. {lesson.title}", anchor=False)
        # Every such module has an `experiment` for after the question; some have an `opening` for before it.
        live = import_module(f"vaelab.ui.learn.{lesson.name}")
        if not lesson.asks_first:
            st.markdown(lesson.text)
        # What there is to see comes before the formulas.
        if opening := getattr(live, "opening", None):
            _live(opening)
        if not lesson.asks_first:
            _formulas(lesson)
        if ask(number, lesson.question):
            if lesson.asks_first:
                st.markdown(lesson.text)
                _formulas(lesson)
            _live(live.experiment)
            st.markdown(f"**What to look for.** {lesson.look}")
        judge(number, lesson.statements)
        go_on(number, lesson)
        _read_on(number, lesson)
    go_to_top(str(number))


def _live(part: Callable[[], None]) -> None:
    try:
        st.fragment(part)()
    except (RunDamaged, RunNotFound, DatasetUnavailable) as error:
        st.warning(plain(str(error)))


def _formulas(lesson: Lesson) -> None:
    for index, formula in enumerate(lesson.formulas):
        with st.container(key=f"lesson-formula-{index}"):
            st.latex(formula.latex)
            st.caption(formula.words)


def _read_on(number: int, lesson: Lesson) -> None:
    links_to_terms(lesson.terms)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson-turn"):
        if number > 1:
            _link(number - 1, f"Lesson {number - 1}: {LESSONS[number - 1].title}", ":material/arrow_back:")
        if number < len(LESSONS):
            _link(number + 1, f"Lesson {number + 1}: {LESSONS[number + 1].title}", ":material/arrow_forward:")


def _link(number: int, label: str, icon: str | None = None) -> None:
    page_link(LESSONS_PAGE, label=label, icon=icon, query_params={"lesson": str(number)})
