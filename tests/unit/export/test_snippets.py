"""A recipe that is taken elsewhere, as a link, a command or Python, is the same recipe there."""

from __future__ import annotations

import shlex
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

import vaelab
from vaelab.cli.flags import recipe
from vaelab.cli.main import _parser
from vaelab.config import FIELD_NAMES, RunConfig, field_spec
from vaelab.config.fields import FieldSpec
from vaelab.export.snippets import command_line, python_code
from vaelab.ui.session import parameters_of
from vaelab.ui.session.recipe_link import recipe_of


def _values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    if spec.kind == "choice":
        return st.sampled_from(spec.choices)
    if spec.kind == "integer":
        return st.integers(int(spec.minimum), int(spec.maximum))
    return st.floats(spec.minimum, spec.maximum)


def _widths(largest: int, least: int, most: int) -> st.SearchStrategy[str]:
    return st.lists(st.integers(1, largest).map(str), min_size=least, max_size=most).map("-".join)


DENSE = st.just("none") | _widths(4096, 1, 8)
CONV = _widths(256, 1, 4)
HIDDEN = {
    "mlp": DENSE,
    "conv": CONV | st.tuples(CONV, DENSE).map("/".join) | st.tuples(CONV, DENSE, DENSE).map("/".join),
}
OF_ITS_OWN = {
    "sigma": st.just("auto") | st.floats(0.001, 10),
    "stop_loss": st.none() | st.floats(-100_000, 100_000),
}


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    """Any recipe: every field over all that it allows."""
    values = {
        name: draw(OF_ITS_OWN[name] if name in OF_ITS_OWN else _values(field_spec(name)))
        for name in FIELD_NAMES
        if name != "hidden"
    }
    return RunConfig(hidden=draw(HIDDEN[values["architecture"]]), **values)


def from_command_line(line: str) -> RunConfig:
    """What the real command line makes of a command, read by a shell."""
    words = shlex.split(line)
    assert words[:3] == ["python", "-m", "vaelab"]
    return recipe(_parser().parse_args(words[3:]))


@given(configs())
def test_the_command_gives_the_recipe(config: RunConfig) -> None:
    assert from_command_line(command_line(config)) == config


@given(configs())
def test_the_python_gives_the_recipe(config: RunConfig) -> None:
    names: dict[str, Any] = {}
    untrained = {"fit": lambda config: SimpleNamespace(model=("the model of", config))}
    with patch.dict(vars(vaelab), untrained):
        exec(python_code(config), names)
    assert names["config"] == config
    assert names["model"] == ("the model of", config)


@given(configs())
def test_the_link_gives_the_recipe(config: RunConfig) -> None:
    assert recipe_of(parameters_of(config)) == (config, {})


def test_the_python_imports_what_is_public() -> None:
    assert {"RunConfig", "fit"} <= set(vaelab.__all__)


@given(configs())
def test_no_field_is_left_to_a_default(config: RunConfig) -> None:
    flags = {word.split("=")[0] for word in command_line(config).split() if word.startswith("--")}
    assert flags == {f"--{name.replace('_', '-')}" for name in FIELD_NAMES}
    assert all(f" {name}=" in python_code(config) for name in FIELD_NAMES)


@given(configs())
def test_the_command_needs_no_quotes_in_any_shell(config: RunConfig) -> None:
    assert not set(command_line(config)) & set("'\"\\$`!&|;<>(){}[]*?~#%^\n")
