"""The lessons and the glossary as Streamlit runs them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.visits import visit_of
from vaelab.paths import EXAMPLES, PAGES
from vaelab.teaching.glossary import GLOSSARY, search
from vaelab.teaching.lessons import LESSONS, Link
from vaelab.ui.session import parameters_of

EXPERIMENT = {
    1: "Compression", 2: "of which floor", 3: "mean", 4: "Negative ELBO in the end", 5: "AE: classes reached",
    6: "Active units at beta 4",
}  # fmt: skip
"""A number that only the experiment shows."""

App = Callable[[], AppTest]


def opened(app: App, page: str, **parameters: str) -> AppTest:
    visit = app().run().switch_page(str(PAGES / f"{page}.py"))
    for name, value in parameters.items():
        visit.query_params[name] = value
    visit.run()
    assert not visit.exception
    return visit


def numbers(visit: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in visit.metric}


def said(visit: AppTest) -> str:
    return "\n".join(text.value for text in visit.markdown)


def predicted(visit: AppTest, number: int, indices: tuple[int, ...]) -> AppTest:
    """Predict some options, and reveal the answer."""
    assert visit.button(key="lesson_reveal").disabled
    assert visit.button(key="lesson_reveal").help == "Choose an answer first."
    assert EXPERIMENT[number] not in numbers(visit)
    assert LESSONS[number].question.why not in said(visit)
    key = f"lesson_{number}_prediction"
    if LESSONS[number].question.several:
        visit.button_group(key=key).set_value(list(indices)).run()
    else:
        visit.radio(key=key).set_value(indices[0]).run()
    assert visit.button(key="lesson_reveal").help == "", "it would stay over the answer"
    visit.button(key="lesson_reveal").click().run()
    assert not visit.exception
    return visit


def test_an_option_counts_that_is_pressed_just_before_reveal(app: App) -> None:
    visit, key, (*first, last) = (
        opened(app, "lessons", lesson="3"),
        "lesson_3_prediction",
        LESSONS[3].question.right,
    )
    visit.button_group(key=key).set_value(first).run()
    visit.button_group(key=key).set_value([*first, last])
    visit.button(key="lesson_reveal").click().run()  # both presses reach the server at once
    assert visit.button_group(key=key).value == [*first, last]
    assert "As you predicted." in said(visit)


def changed(visit: AppTest, number: int) -> set[str]:
    """Which numbers another setting of a lesson's widget changes."""
    if number == 3:
        visit.button_group(key="lesson_3_stage").set_value("z").run()
    before = numbers(visit)
    if number == 3:
        visit.button(key="lesson_3_resample").click().run()
    else:
        key, value = {
            1: ("lesson_1_dimensions", 32), 2: ("lesson_2_answer", 0.9), 4: ("lesson_4_mean", 2.0),
            5: ("lesson_5_spread", 40.0), 6: ("lesson_6_beta", 10.0),
        }[number]  # fmt: skip
        is_choice = number in (1, 5, 6)
        (visit.select_slider if is_choice else visit.slider)(key=key).set_value(value).run()
    assert not visit.exception
    after = numbers(visit)
    return {label for label in before.keys() | after.keys() if before.get(label) != after.get(label)}


CHANGED = {
    1: {"Compression"}, 2: {"Cross-entropy", "Squared error"}, 3: {"epsilon", "z"}, 4: {"Closed form"},
    5: {"AE: draws in holes", "VAE: draws in holes"}, 6: {"Rate: KL", "Negative ELBO"},
}  # fmt: skip
SAME = {1: "Autoencoder, 2 numbers", 3: "mean", 6: "Active units at beta 4"}


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_asks_reveals_and_computes(app: App, number: int) -> None:
    lesson = LESSONS[number]
    visit = opened(app, "lessons", lesson=str(number))
    assert visit.title[0].value == f"{number}. {lesson.title}"
    predicted(visit, number, lesson.question.right)
    assert f"**As you predicted.** {lesson.question.why}" in said(visit)
    assert EXPERIMENT[number] in numbers(visit)
    formulas = [latex.value.strip("$\n") for latex in visit.latex]
    assert formulas[: len(lesson.formulas)] == [formula.latex for formula in lesson.formulas]
    moved = changed(visit, number)
    assert moved >= CHANGED[number]
    assert SAME.get(number) not in moved
    for index, statement in enumerate(lesson.statements):
        visit.button_group(key=f"lesson_{number}_statement_{index}").set_value("True").run()
        assert f"it is {str(statement.true).lower()}.** {statement.why}" in said(visit)
    labels = [link.label for link in visit.main.get("page_link")]
    assert {link.label for link in lesson.links} <= set(labels)
    for neighbour in {number - 1, number + 1} & set(LESSONS):
        assert f"Lesson {neighbour}: {LESSONS[neighbour].title}" in labels


def test_a_wrong_prediction_is_told_what_is_right(app: App) -> None:
    visit = predicted(opened(app, "lessons", lesson="6"), 6, (0,))
    assert "**Not quite. The answer: about half.**" in said(visit)


def test_the_index_lists_all_lessons(app: App) -> None:
    labels = [link.label for link in opened(app, "lessons").main.get("page_link")]
    of_lessons = [label for label in labels if label[0].isdigit()]  # the bar has links of its own
    assert of_lessons == [f"{number}. {lesson.title}" for number, lesson in LESSONS.items()]


def test_an_unknown_lesson_gets_a_sentence_and_the_index(app: App) -> None:
    visit = opened(app, "lessons", lesson="7")
    assert "“Lesson” must be a whole number from 1 to 6" in visit.warning[0].value.replace("\\", "")
    assert visit.title[0].value == "Lessons"


def test_a_lesson_shows_the_run_that_the_visitor_trained(
    app: App, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAELAB_SINGLE_USER", "1")
    visit = opened(app, "lessons", lesson="1")
    assert any("finished example" in caption.value for caption in visit.caption)
    shutil.copytree(EXAMPLES / "ae-2d", runs / "0123456789abcdef0123456789abcdef")
    visit.run()
    assert any("trained by you" in caption.value for caption in visit.caption)


def test_the_glossary_has_every_term_in_order_and_finds_by_name_first(app: App) -> None:
    visit = opened(app, "glossary")
    terms = [heading.value for heading in visit.header]
    assert terms == sorted(GLOSSARY, key=str.casefold)
    visit.text_input(key="glossary_search").set_value("kl").run()
    found = [entry.term for entry in search("kl")]
    terms = [heading.value for heading in visit.header]
    assert terms[: len(found)] == found
    assert found[0] == "KL divergence"
    assert sorted(terms) == sorted(GLOSSARY)


def test_a_link_opens_the_glossary_at_a_term(app: App) -> None:
    visit = opened(app, "glossary", term="active unit")
    assert visit.header[0].value == "active unit"
    visit.text_input(key="glossary_search").set_value("xyzzy").run()
    assert "Nothing found" in visit.caption[1].value


@pytest.mark.parametrize(
    "link", [link for lesson in LESSONS.values() for link in lesson.links], ids=lambda link: link.label
)
def test_every_link_of_a_lesson_opens(app: App, link: Link) -> None:
    recipe = parameters_of(link.config) if link.config else {}
    visit = opened(app, link.page, **recipe, **link.parameters)
    assert not visit.warning
    assert not visit.error
    kept = visit.query_params
    assert {name: kept[name] for name in link.parameters if name in kept}.items() <= link.parameters.items()
    if link.page == "sweep":
        assert visit.session_state.sweep_values == link.parameters["values"]
        assert visit_of(visit).recipe.variant(epochs=link.config.epochs) == link.config
