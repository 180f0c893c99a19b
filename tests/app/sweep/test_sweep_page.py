"""The page Sweep as Streamlit runs it: setting one up, links, a sweep from its start to its results."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.turning import choose_recipe
from tests.support.visits import visit_of
from tests.support.waiting import until
from vaelab.config import PRESETS, RunConfig
from vaelab.paths import PAGES
from vaelab.runs import RunStore
from vaelab.sweeps.plan import HELD_OUT, MOST_RUNS, plan
from vaelab.sweeps.results import best, criteria
from vaelab.ui.session import parameters_of
from vaelab.ui.sweep.shown import EXAMPLE, example

App = Callable[[], AppTest]

PAGE = str(PAGES / "sweep.py")
TRAIN = str(PAGES / "train.py")
TINY = {"train_size": "300", "hidden": "8", "epochs": "1", "batch_size": "100", "seeds": "2",
        "field": "beta", "values": "0.5,2"}  # fmt: skip
ENDLESS = TINY | {"epochs": "500", "train_size": "3000"}


def opened(app: App, **parameters: str) -> AppTest:
    page = app().run().switch_page(PAGE)
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    """All that the page says in Markdown, without backslashes."""
    return " ".join(text.value for text in (*page.markdown, *page.warning, *page.error)).replace("\\", "")


def ended(page: AppTest, runs: Path, count: int) -> str:
    """What the page says once so many runs have ended."""
    until(lambda: [run.status().state for run in RunStore(runs).runs()] == count * ["finished"])
    until(lambda: f"{count} of {count} runs have ended" in said(page.run()))
    assert not page.exception
    return said(page)


def test_a_newcomer_sees_a_finished_example_of_what_start_would_do(app: App) -> None:
    page = opened(app)
    assert "A finished example" in said(page)
    assert "Best on held-out images" in said(page)
    assert "**15 runs, about" in said(page)
    assert dict(page.query_params) == {}
    assert not page.button(key="sweep_start").disabled


def test_the_example_is_the_sweep_that_the_page_offers_first() -> None:
    shown = example()
    offered = plan(RunConfig(epochs=3), [("beta", (0.1, 0.3, 1, 3, 10))], 3)
    assert shown.configs == list(offered.configs)
    found = best(shown.results, criteria(shown.configs)[0])
    assert found is not None
    assert found.held_out.seeds == 3
    assert EXAMPLE.stat().st_size < 100_000
    assert json.loads(EXAMPLE.read_text("utf-8"))["config"]["held_out"] == HELD_OUT


def test_a_link_sets_a_sweep_up(app: App) -> None:
    page = opened(app, **TINY, field2="latent_dim", values2="2,3")
    assert page.selectbox(key="sweep_field").value == "beta"
    assert page.selectbox(key="sweep_field2").value == "latent_dim"
    assert "**8 runs, about" in said(page)
    assert page.number_input(key="sweep_epochs").value == 1


def test_a_link_is_named_after_its_preset(app: App) -> None:
    named = opened(app, preset="optimizers", train_size="1000", field="optimizer", values="sgd,adam")
    assert visit_of(named).preset_base == "optimizers"
    in_full = opened(app, **parameters_of(PRESETS["ae-2d"].config.variant(epochs=2)))
    assert visit_of(in_full).preset_base == "ae-2d"


def test_what_is_wrong_with_a_link_gets_a_sentence(app: App) -> None:
    page = opened(app, field="seed", seeds="9", measure="beauty", latent_dim="0", group="sweep-0")
    for sentence in (
        "“What varies” (field) must be one of",
        "“Seeds” must be a whole number from 1 to 5",
        "“Measure” must be one of neg_elbo",
        "Latent dimension (latent_dim): must be",
        "no sweep 'sweep-0'",
    ):
        assert sentence in said(page)
    assert "A finished example" in said(page)


def test_a_link_whose_fields_cannot_vary_gets_a_sentence(app: App) -> None:
    page = opened(app, **TINY | {"model": "ae", "field": "beta"})
    assert "“What varies” (field) cannot be beta" in said(page)
    assert page.selectbox(key="sweep_field").value != "beta"
    twice = said(opened(app, **TINY, field2="beta"))
    assert "“What else varies” (field2) must be another field than beta" in twice


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ("1", "at least two different values"),
        ("1, big", "Beta: must be a number from 0"),
        (",".join(str(value) for value in range(MOST_RUNS)), f"at most {MOST_RUNS} are allowed"),
    ],
)
def test_values_that_are_no_sweep_get_a_sentence(app: App, values: str, sentence: str) -> None:
    page = opened(app)
    page.text_input(key="sweep_values").set_value(values).run()
    assert not page.exception
    assert sentence in said(page)
    assert page.button(key="sweep_start").disabled


def test_another_field_comes_with_values_of_its_own_and_beta_not_with_an_ae(app: App) -> None:
    page = opened(app)
    page.selectbox(key="sweep_field").select("latent_dim").run()
    assert page.text_input(key="sweep_values").value == "1, 2, 4, 8, 16, 32"
    page.selectbox(key="sweep_field").select("beta").run()
    choose_recipe(page, "ae-2d")
    assert not page.exception
    assert page.selectbox(key="sweep_field").value == "latent_dim"
    assert "**18 runs" in said(page)


def test_what_was_set_survives_another_page(app: App) -> None:
    page = opened(app)
    page.selectbox(key="sweep_field").select("latent_dim").run()
    page.number_input(key="sweep_seeds").set_value(1).run()
    page.query_params.clear()
    page.switch_page(TRAIN).run()
    assert page.session_state.epochs == RunConfig().epochs  # the sweep has epochs of its own
    page.switch_page(PAGE).run()
    assert not page.exception
    assert page.selectbox(key="sweep_field").value == "latent_dim"
    assert "**6 runs" in said(page)


def test_start_trains_all_runs_and_shows_their_results(app: App, runs: Path) -> None:
    page = opened(app, **TINY)
    page.button(key="sweep_start").click().run()
    assert not page.exception
    store = RunStore(runs)
    made = store.runs()
    assert len(made) == 4
    (group,) = {run.meta.group for run in made}
    assert page.query_params["group"] == group
    assert {run.config.held_out for run in made} == {HELD_OUT}
    order = [(run.config.beta, run.config.seed) for run in store.group(group)]
    assert order == [(0.5, 0), (2.0, 0), (0.5, 1), (2.0, 1)]  # one seed of every value first
    assert "Best on held-out images" in ended(page, runs, 4)
    table = page.dataframe[0].value
    assert list(table["Seed"]) == [0, 1, 0, 1]
    assert table["held-out neg_elbo"].notna().all()

    again = opened(app, group=group)  # somebody else, with the link
    assert "Best on held-out images" in said(again)
    assert "4 of 4 runs have ended" in said(again)


def test_of_one_seed_it_is_said_that_it_cannot_tell_luck(app: App, runs: Path) -> None:
    page = opened(app, **{**TINY, "seeds": "1"})
    page.button(key="sweep_start").click().run()
    assert "One seed cannot tell a difference from luck" in ended(page, runs, 2)


def test_stop_all_ends_every_run(app: App, runs: Path) -> None:
    page = opened(app, **ENDLESS)
    page.button(key="sweep_start").click().run()
    store = RunStore(runs)
    until(lambda: any(run.status().state == "running" for run in store.runs()))
    page.run()
    page.button(key="sweep_stop").click().run()
    until(lambda: not any(run.status().active for run in store.runs()))
    page.run()
    assert not page.exception
    assert len(store.runs()) < 4
    assert all(run.status().state == "stopped" for run in store.runs())
    assert f"{4 - len(store.runs())} more were planned, but stopped before the start." in said(page)


def test_a_group_that_is_no_sweep_is_not_shown_as_one(app: App, runs: Path) -> None:
    store = RunStore(runs)
    store.create(RunConfig(), group="twins-ab", kind="twins")
    assert "no sweep 'twins-ab'" in said(opened(app, group="twins-ab"))


def test_a_damaged_run_of_a_sweep_is_left_out(app: App, runs: Path) -> None:
    store = RunStore(runs)
    sound, damaged = (
        store.create(RunConfig(beta=b), group="sweep-ab", kind="sweep", axes=("beta",)) for b in (1, 2)
    )
    (damaged.path / "config.json").write_text("{")
    page = opened(app, group="sweep-ab")
    assert "1 of 1 run has ended" in said(page)
    assert sound.path.exists()
