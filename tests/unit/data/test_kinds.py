"""A kind of data has one entry a layer, and everything else asks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support import vectors
from vaelab import events
from vaelab.config import RunConfig, field_spec, read_config
from vaelab.data import DATASETS, load
from vaelab.data import kinds as data_kinds
from vaelab.data.kinds.image import IMAGE
from vaelab.figures import kinds as figure_kinds
from vaelab.models import kinds as model_kinds
from vaelab.models.codes import embed, reconstruct
from vaelab.models.evaluation import evaluate
from vaelab.paths import COMPONENTS, PROJECT
from vaelab.training import fit
from vaelab.ui.explore import kinds as ui_kinds

LAYERS = (data_kinds, model_kinds, figure_kinds, ui_kinds)

KNOWS_THE_SHAPE = re.compile(
    r"\bC,? H,? W\b|channels,? (height|width)|(?<![.\w])shape\[[0-2]|spec\.shape\["
    r"|(images?|maps)\.shape\[-?\d\]|(?<![.\w])(tile|arrange)\("
)
"""Patterns of code that depends on channels, height and width."""


@pytest.fixture
def _registered(tmp_path: Path) -> Iterator[None]:
    with vectors.registered(tmp_path / "cache"):
        yield


def test_all_layers_have_the_same_kinds() -> None:
    names = set(data_kinds.KINDS)
    assert names == {spec.kind.name for spec in DATASETS.values()}
    for layer in LAYERS:
        assert set(layer.KINDS) == names
        assert all(kind.name == name for name, kind in layer.KINDS.items())
        files = {path.stem for path in Path(layer.__path__[0]).glob("*.py")}
        assert files == {"__init__", "base", *names}
    browser = COMPONENTS / "lib" / "kinds"
    assert {path.stem for path in browser.glob("*.js")} == {"index", *names}
    registry = re.search(r"KINDS = \{ (.*) \}", (browser / "index.js").read_text())
    assert registry
    assert set(registry[1].split(", ")) == names


def test_few_files_outside_of_the_kinds_know_the_shape_of_an_image() -> None:
    files = [*(PROJECT / "vaelab").rglob("*.py"), *(PROJECT / "pages").glob("*.py")]
    knowing = [
        str(path.relative_to(PROJECT))
        for path in files
        if path.parent.name != "kinds" and KNOWS_THE_SHAPE.search(path.read_text("utf-8"))
    ]
    assert len(knowing) <= 10, knowing


@pytest.mark.parametrize("numbers", [[0.2, 0.5, 1.7, -1.0], [0.0, 1.0, 0.5, 0.25]])
def test_numbers_become_examples_again(numbers: list[float]) -> None:
    known = np.clip(np.array(numbers, np.float32), 0, 1)
    assert IMAGE.examples(np.array(numbers)).tolist() == np.rint(255 * known).tolist()
    np.testing.assert_array_equal(vectors.VECTOR.examples(np.array(numbers, np.float32)), known)
    np.testing.assert_allclose(IMAGE.numbers(IMAGE.examples(known)), known, atol=0.002)


@pytest.mark.usefixtures("_registered")
def test_a_recipe_takes_the_choices_that_make_sense_for_its_kind() -> None:
    assert "fives" in field_spec("dataset").choices
    assert RunConfig(dataset="fives").reconstruction == "mse"
    assert RunConfig(dataset="fives").learning_rate == RunConfig(reconstruction="mse").learning_rate
    assert RunConfig().variant(dataset="fives").reconstruction == "bce"
    _, sentences = read_config(
        {"dataset": "fives", "architecture": "conv", "hidden": "16", "corruption": "mask"}
    )
    assert sentences == {
        "architecture": "Architecture: must be one of mlp for the vectors of Fives, not 'conv'.",
        "corruption": "Corruption: must be one of none, gaussian for the vectors of Fives, not 'mask'.",
    }


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize(
    "changes", [{}, {"model": "ae"}, {"model": "ae", "reconstruction": "bce", "corruption": "gaussian"}]
)
def test_another_kind_is_trained_evaluated_and_embedded(changes: dict[str, str]) -> None:
    data = load("fives")
    fitted = fit(vectors.recipe(**changes))
    losses = [event.recon for event in fitted.history if isinstance(event, events.Evaluated)]
    assert losses[-1] < losses[0]
    (started,) = (event for event in fitted.history if isinstance(event, events.Started))
    assert (started.floor_loss is not None) == ("reconstruction" in changes)
    assert losses[-1] < started.mean_image_loss
    assert embed(fitted.model, data.x_test).mean.shape == (100, 2)
    again = reconstruct(fitted.model, data.x_test)
    assert (again.shape, again.dtype) == ((100, 5), np.float32)
    own = evaluate(fitted.model, data.x_test).mse
    assert vectors.VECTOR.squared_errors(data.x_test, again).mean() == pytest.approx(own, rel=1e-4)
