"""The table of measures: on the Train page, on the page Runs, and for several runs beside each other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import PAGE, idle_worker
from vaelab.config import RunConfig, measures
from vaelab.config.quantities import UNNORMALISED, undefined_in_words
from vaelab.config.traits import MODELS
from vaelab.paths import EXAMPLES
from vaelab.runs import Measures, Run, read_measures
from vaelab.runs.measures import FILE, write_measures
from vaelab.ui.runs.measures import BEING_COMPUTED, COMPUTED_SOON, OTHER_DATA, OTHER_LIKELIHOOD

App = Callable[[], AppTest]
LABELS = [measure.title for measure in measures().values()]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.engine.engine.WorkerProcess", idle_worker)
    monkeypatch.setenv("VAELAB_SINGLE_USER", "1")


def own(runs: Path, name: str, measured: bool = True) -> Run:
    """A copy of a shipped run among the visitor's."""
    run = Run(runs / name.replace("-", ""))
    shutil.copytree(EXAMPLES / name, run.path, ignore=None if measured else shutil.ignore_patterns(FILE))
    return run


def on_train(app: App, run: Run) -> AppTest:
    page = app()
    page.query_params["run"] = run.id
    return well(page.run())


def well(page: AppTest) -> AppTest:
    assert not page.exception
    return page


def rows(page: AppTest) -> dict[str, list[str]]:
    """The cells of each row behind its label."""
    (table,) = page.table
    cells = {str(row[0]).split("**")[1]: [str(cell) for cell in row[1:]] for row in table.value.to_numpy()}
    assert list(cells) == LABELS
    return cells


def captions(page: AppTest) -> str:
    return " ".join(caption.value.replace("\\", "") for caption in page.caption)


def test_a_finished_run_shows_its_measures_on_the_train_page(app: App, runs: Path) -> None:
    page = on_train(app, own(runs, "vae-2d"))
    shown = rows(page)
    assert shown["Negative ELBO"] == ["141.45", "↓ lower"]
    assert shown["Linear probe"] == ["61.4", "↑ higher"]
    assert shown["KL"] == ["6.85", "–"]
    assert UNNORMALISED in captions(page)
    for row, measure in zip(page.table[0].value.iloc[:, 0], measures().values(), strict=True):
        assert measure.unit in row
        assert measure.meaning in row


def test_the_finished_example_has_them_too_at_the_first_visit(app: App) -> None:
    assert rows(well(app().run()))["Bound on the NLL"][0] == "138.78"


def test_an_ae_says_what_is_not_defined(app: App, runs: Path) -> None:
    page = on_train(app, own(runs, "linear-ae"))
    shown = rows(page)
    undefined = [
        measure.title for measure in measures().values() if not measure.is_defined(RunConfig(model="ae"))
    ]
    assert [label for label in LABELS if shown[label][0] == "not defined"] == undefined
    assert undefined_in_words(MODELS["ae"]) in captions(page)
    assert UNNORMALISED not in captions(page)


def test_an_older_run_is_measured_because_it_is_looked_at(app: App, runs: Path) -> None:
    run = own(runs, "vae-2d", measured=False)
    page = on_train(app, run)
    assert rows(page)["Negative ELBO"][0] == BEING_COMPUTED
    assert COMPUTED_SOON in captions(page)
    shutil.copy(EXAMPLES / "vae-2d" / FILE, run.path)
    assert rows(well(page.run()))["Negative ELBO"][0] == "141.45"
    assert COMPUTED_SOON not in captions(page)


def test_what_cannot_be_measured_says_why(app: App, runs: Path) -> None:
    run = own(runs, "vae-2d")
    write_measures(run, Measures(step=run.status().step, problem="Some codes are not finite numbers."))
    page = on_train(app, run)
    assert {cells[0] for cells in rows(page).values()} == {"–"}
    assert "Some codes are not finite numbers." in captions(page)


def test_a_run_that_is_not_over_has_no_table(app: App, runs: Path) -> None:
    run = own(runs, "vae-2d")
    status = json.loads((run.path / "status.json").read_text())
    (run.path / "status.json").write_text(json.dumps(status | {"state": "paused"}))
    assert len(on_train(app, run).table) == 0


def test_the_page_runs_shows_them_of_the_chosen_run(app: App, runs: Path) -> None:
    run = own(runs, "vae-20d")
    page = app()
    page.switch_page(PAGE)
    page.query_params["run"] = run.id
    assert rows(well(page.run()))["Active units"][0] == "20"


def compared(*paths: str) -> None:
    from pathlib import Path

    from vaelab.runs import Run
    from vaelab.ui.runs.measures import measures_table

    runs = [Run(Path(path)) for path in paths]
    measures_table(runs, [run.id for run in runs])


def beside(*runs: Run) -> AppTest:
    return well(AppTest.from_function(compared, args=tuple(str(run.path) for run in runs)).run())


def test_the_best_of_several_runs_is_marked(app: App, runs: Path) -> None:
    page = beside(own(runs, "vae-2d"), own(runs, "vae-20d"), own(runs, "ae-2d"))
    shown = rows(page)
    assert shown["Negative ELBO"] == ["141.45", "**105.41** (best)", "not defined", "↓ lower"]
    assert shown["Squared error"][:3] == ["0.0365", "**0.0095** (best)", "0.0352"]
    assert shown["KL"] == ["6.85", "25.25", "not defined", "–"]
    assert not {OTHER_DATA, OTHER_LIKELIHOOD} & {caption.value for caption in page.caption}


def test_runs_of_two_likelihoods_are_compared_on_little(app: App, runs: Path) -> None:
    page = beside(own(runs, "vae-20d"), own(runs, "vae-256"))
    marked = [label for label, cells in rows(page).items() if any("best" in cell for cell in cells)]
    assert marked == ["Squared error", "Nearest neighbours", "Linear probe"]
    assert OTHER_LIKELIHOOD in captions(page)


def test_runs_of_two_data_sets_are_not_compared(app: App, runs: Path) -> None:
    fashion = own(runs, "vae-2d-fashion")
    assert (fashion.config.variant(dataset="mnist"), read_measures(fashion) is None) == (RunConfig(), False)
    page = beside(own(runs, "vae-2d"), fashion)
    assert not any("best" in cell for cells in rows(page).values() for cell in cells)
    assert OTHER_DATA in captions(page)
