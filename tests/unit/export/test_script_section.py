"""Templates of a listing: which of their lines are there, and under which names."""

from __future__ import annotations

import pytest

from vaelab.config import RunConfig
from vaelab.export.script.section import section

TEMPLATE = """
              | start({epochs})
kl            |     beta = {beta!r}  # p(x|z)
!kl           |     no_beta = {{}}
kl !gd @both  |     both(beta)

long          | {more}
"""


def lines(config: RunConfig, **values: object) -> list[str]:
    return section("Title", "Words", TEMPLATE, config, **{"long": "", "more": "", **values}).code.split("\n")


def test_a_line_is_there_when_all_its_conditions_hold() -> None:
    assert lines(RunConfig(beta=4, epochs=3)) == [
        "start(3)",
        "    beta = 4.0  # p(x|z)",
        "    both(beta)",
        "",
    ]
    assert lines(RunConfig(optimizer="gd")) == ["start(10)", "    beta = 1.0  # p(x|z)", ""]
    assert lines(RunConfig(model="ae")) == ["start(10)", "    no_beta = {}", ""]


def test_a_value_is_a_condition_too_and_goes_before_a_field() -> None:
    assert lines(RunConfig(model="ae"), long="yes", more="a\nb", epochs=7) == [
        "start(7)", "    no_beta = {}", "", "a", "b",
    ]  # fmt: skip


def test_a_named_line_is_found_where_it_is_there() -> None:
    made = {
        name: section("Title", "Words", TEMPLATE, RunConfig(model=name), long="", more="")
        for name in ("vae", "ae")
    }
    assert made["vae"].named == {"both": "    both(beta)"}
    assert made["ae"].named == {}
    assert (made["ae"].title, made["ae"].words) == ("Title", "Words")


def test_an_unknown_condition_or_value_is_an_error() -> None:
    for template in ("other | line", " | {other}"):
        with pytest.raises(KeyError, match="other"):
            section("Title", "Words", template, RunConfig())
