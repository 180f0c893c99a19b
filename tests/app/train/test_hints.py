"""Hints on the Train page, what their buttons do, and the gallery of failures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.visits import visit_of
from tests.support.waiting import until
from vaelab.config import RunConfig
from vaelab.paths import PAGES
from vaelab.runs import Run, RunStore
from vaelab.teaching.failures import FAILURES

App = Callable[[], AppTest]

SMALL = {"train_size": "1000", "hidden": "16", "batch_size": "10", "epochs": "2"}


def trained(page: AppTest, runs: Path, count: int) -> Run:
    """The newest run, once there are so many and all of them are over."""
    assert not page.run().exception
    store = RunStore(runs)
    until(lambda: len(kept := store.runs()) == count and not any(run.status().active for run in kept))
    assert not page.run().exception
    return store.runs()[0]


def opened(app: App, **fields: str) -> AppTest:
    page = app()
    for name, value in {**SMALL, **fields}.items():
        page.query_params[name] = value
    return page.run()


def advice(page: AppTest) -> list[str]:
    return [button.label for button in page.button if str(button.key).startswith("apply-")]


def test_a_collapse_is_named_and_its_button_trains_without_it(app: App, runs: Path) -> None:
    page = opened(app, beta="100")
    page.button(key="train").click()
    failed = trained(page, runs, 1)
    assert [warning.value for warning in page.warning] == ["**Posterior collapse**"]
    assert any("0 of 2 dimensions active" in text.value for text in page.markdown)
    page.button(key="apply-collapse").click()
    mended = trained(page, runs, 2)
    assert mended.config == failed.config.variant(beta=1)
    assert page.session_state["beta"] == 1
    assert "**Posterior collapse**" not in [warning.value for warning in page.warning]


def test_more_epochs_go_on_where_the_run_ended(app: App, runs: Path) -> None:
    page = opened(
        app, lr_schedule="constant", learning_rate="0.0002", epochs="3", train_size="2000", batch_size="20",
        hidden="64",
    )  # fmt: skip
    page.button(key="train").click()
    short = trained(page, runs, 1)
    page.button(key="apply-underfitting").click()
    longer = trained(page, runs, 2)
    assert longer.meta.parent == short.id
    assert longer.config == short.config.variant(epochs=6)


def test_a_finished_example_has_nothing_to_say(app: App) -> None:
    page = app().run()
    assert advice(page) == []
    with pytest.raises(KeyError):
        page.get_by_key("hints")


@pytest.mark.parametrize("name", ["learning-rate-1", "all-at-once"])
def test_a_failure_is_trained_with_one_click_and_ends_in_its_hint(name: str, app: App, runs: Path) -> None:
    page = app().run().switch_page(str(PAGES / "failures.py")).run()
    assert not page.exception
    page.button(key=f"train-{name}").click().run().switch_page(str(PAGES / "train.py"))
    run = trained(page, runs, 1)
    assert run.config == FAILURES[name].config
    assert page.button(key=f"apply-{FAILURES[name].hint}")


def test_every_failure_has_a_card_and_a_link_to_its_recipe(app: App) -> None:
    page = app().run().switch_page(str(PAGES / "failures.py")).run()
    assert {f"train-{name}" for name in FAILURES} <= {str(button.key) for button in page.button}
    assert {failure.title for failure in FAILURES.values()} <= {
        text.value.removeprefix("## ") for text in page.markdown
    }
    assert visit_of(page).recipe == RunConfig()


def test_a_failure_is_predicted_before_its_answer_is_shown(app: App) -> None:
    page = app().run().switch_page(str(PAGES / "failures.py")).run()
    why = [failure.question.why for failure in FAILURES.values()]

    def answered() -> list[str]:
        return [each for each in why if any(each in text.value for text in page.markdown)]

    assert answered() == []
    name = next(iter(FAILURES))
    assert page.button(key=f"reveal-{name}").disabled
    page.radio(key=f"failure_{name}_prediction").set_value(2).run()
    assert answered() == []
    page.button(key=f"reveal-{name}").click().run()
    assert answered() == [FAILURES[name].question.why]
