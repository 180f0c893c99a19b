"""Every page works with a kind of model that it has never heard of: one with a KL, but without a prior."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import change_address, fit_once, record_run, sentences, shown, visit
from tests.support.runs_page import VISITOR
from tests.support.third_model import LABEL, NAME, third_model
from tests.support.visits import visit_of
from vaelab.analysis.load import load_run
from vaelab.analysis.measure import measure
from vaelab.config import RunConfig, measures
from vaelab.data import load
from vaelab.runs import History, Run, read_measures
from vaelab.runs.measures import write_measures

App = Callable[[], AppTest]

THIRD = {"train_size": 200, "hidden": "16", "batch_size": 50, "epochs": 1, "latent_dim": 3, "model": NAME}
HINT = "**Few steps**"
"""What the page Train says of so short a run."""


@pytest.fixture(scope="module", params=[True, False], ids=["stochastic", "point"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[bool, Run]:
    """Whether codes of the third kind are drawn here, and a run of it, trained and measured."""
    with third_model(is_stochastic=request.param):
        run = record_run(tmp_path_factory.mktemp("trained"), RunConfig(**THIRD), owner=VISITOR)
        write_measures(run, measure(load_run(run).model, load("mnist"), run.status().step))
    return request.param, run


@pytest.fixture
def third(trained: tuple[bool, Run], runs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A copy of the trained run, for one test."""
    monkeypatch.setattr("vaelab.analysis.pca.fit", fit_once)
    is_stochastic, run = trained
    with third_model(is_stochastic=is_stochastic):
        yield Run(shutil.copytree(run.path, runs / run.id))


@pytest.fixture
def session(app: App) -> AppTest:
    """The visitor whose run it is."""
    page = app()
    visit_of(page).token = VISITOR
    return page


def words(page: AppTest) -> str:
    """All text of a page that is no title of a widget."""
    texts = (*page.title, *page.header, *page.subheader, *page.markdown, *page.caption)
    return "\n".join(text.value for text in texts).replace("\\", "")


def has(page: AppTest, key: str) -> bool:
    try:
        page.get_by_key(key)
    except KeyError:
        return False
    return True


def well(page: AppTest, *said: str) -> AppTest:
    """The page, which has no error and says nothing but these sentences in boxes."""
    assert not page.exception
    assert sentences(page) == [*said]
    return page


def test_it_trains_and_is_measured_by_what_it_has(third: Run) -> None:
    history = History(third)
    assert (history.steps["kl"] >= 0).all()
    last = history.evaluated.last
    assert last["kl"] == pytest.approx(sum(last["kl_per_dim"]), rel=1e-5)
    assert last["neg_elbo"] is None
    known = read_measures(third)
    assert known is not None
    for name, quantity in measures().items():
        assert (known.values[name] is not None) == quantity.is_defined(third.config), name


def test_train(session: AppTest, third: Run) -> None:
    page = well(visit(session, "train", run=third.id), HINT)
    assert f"{LABEL} · MNIST" in words(page)
    assert "A Pulled has no prior to draw from" in words(page)
    verdict = " ".join(text.value for text in page.get_by_key("verdict").markdown)
    assert "reconstruction + KL" in verdict.replace("\\", "")
    assert "KL" in json.dumps(shown(page, "losses_plot"))
    for opened in ("slow_motion", "show_code"):
        page.session_state[opened] = True
    well(page.run(), HINT)
    while not page.button(key="slow_next").disabled:
        well(page.button(key="slow_next").click().run(), HINT)


def test_reconstructions(session: AppTest, third: Run) -> None:
    page = well(visit(session, "reconstructions", run=third.id))
    decoded = "the mean of its posterior" if third.config.traits.is_stochastic else "its code"
    assert f"those of the {LABEL}, decoded at {decoded}" in words(page)


@pytest.mark.parametrize("plane", ["pca", "dimensions"])
def test_latent_space(session: AppTest, third: Run, plane: str) -> None:
    page = well(visit(session, "latent_space", run=third.id, plane=plane, kept="0.5,0.5"))
    assert "**KL per dimension**" in words(page)
    given = shown(page, "latent_canvas")
    assert given["circles"] == []
    assert (", its posterior mean" in words(page)) == third.config.traits.is_stochastic


def test_latent_grid(session: AppTest, third: Run) -> None:
    page = well(visit(session, "latent_grid", run=third.id))
    assert "A Pulled has no prior" in words(page)
    well(change_address(page, range="chosen"))


def test_walks(session: AppTest, third: Run) -> None:
    page = well(visit(session, "walks", run=third.id, walk="traverse"))
    assert "the dimension of most KL comes first. A Pulled has no prior" in words(page)
    page = well(change_address(page, walk="interpolate"))
    page = well(change_address(page, walk="sample"))
    assert "A Pulled has no density to draw from" in words(page)
    assert "source" not in page.session_state


def test_compare(session: AppTest, third: Run) -> None:
    page = well(visit(session, "compare", runs=f"{third.id},vae-2d,ae-2d"))
    assert f"A {LABEL}" in words(page)
    assert "A Pulled has no prior" in words(page)
    values = dict(zip(measures(), page.table[1].value.astype(str).to_numpy().tolist(), strict=True))
    for name, quantity in measures().items():
        assert (values[name][1] == "not defined") == (not quantity.is_defined(third.config)), name


def test_sweep(session: AppTest, third: Run, runs: Path) -> None:
    given: dict[str, Any] = {**THIRD, "field": "beta", "values": "0.5,2", "seeds": 1}
    page = well(visit(session, "sweep", **{name: str(value) for name, value in given.items()}))
    assert "**2 runs, about" in words(page)
    for beta in (0.5, 2):
        config = third.config.variant(beta=beta, held_out=100)
        record_run(runs, config, owner=VISITOR, group="g" * 8, kind="sweep", axes=("beta",))
    page = well(visit(session, "sweep", group="g" * 8))
    assert "Best on held-out images" in words(page)


def test_runs(session: AppTest, third: Run) -> None:
    page = well(visit(session, "runs", run=third.id))
    assert LABEL in json.dumps(page.dataframe[0].value.astype(str).to_numpy().tolist()) + words(page)


@pytest.mark.parametrize("page_name", ["lessons", "failures", "glossary"])
def test_pages_that_show_no_run_of_the_visitor(session: AppTest, third: Run, page_name: str) -> None:
    well(visit(session, page_name, run=third.id))
