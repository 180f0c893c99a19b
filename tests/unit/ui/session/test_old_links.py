"""Links and `config.json` files of every version so far mean the recipes that they meant.

Those of version 1 were written by the code of that time. Nothing makes these files anew: a link that stands
in somebody's notes is not written again either.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from vaelab.config import RunConfig, read_config
from vaelab.config.run_config import VERSION
from vaelab.export.bundle_checks import parse_recipe
from vaelab.paths import PROJECT
from vaelab.runs import Run
from vaelab.ui.session import parameters_of
from vaelab.ui.session.recipe_link import own_seed, recipe_of

GOLDEN = PROJECT / "tests" / "data" / "golden"
LINKS: list[dict[str, Any]] = json.loads((GOLDEN / "links.json").read_text(encoding="utf-8"))
CONFIGS = {version: GOLDEN / f"config-version-{version}.json" for version in (1, 2)}

ODD = next(link["recipe"] for link in LINKS if "seed=2147483647" in link["link"])
"""The recipe of the `config.json` of version 1: none of its fields has its default."""


def stated(link: str) -> dict[str, str]:
    return dict(parse_qsl(link, strict_parsing=True))


def recorded_part(config: RunConfig, recipe: dict[str, Any]) -> dict[str, Any]:
    """The fields of a config that were recorded; a later version may have more, and has another number."""
    return {name: value for name, value in config.model_dump().items() if name in recipe} | {
        "version": recipe["version"]
    }


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link["link"][:60])
def test_a_link_means_the_recipe_that_it_meant(link: dict[str, Any]) -> None:
    config, problems = recipe_of(stated(link["link"]))
    assert recorded_part(config, link["recipe"]) == link["recipe"]
    assert sorted(problems) == link["wrong"]


@pytest.mark.parametrize("version", CONFIGS)
def test_there_are_links_of_each_version_with_all_its_fields(version: int) -> None:
    fields = json.loads(CONFIGS[version].read_text(encoding="utf-8")).keys()
    whole = [link["link"] for link in LINKS if fields == stated(link["link"]).keys()]
    assert sum(stated(link)["version"] == str(version) for link in whole) == 5


def test_links_are_written_as_they_were() -> None:
    """A link that says the same in other words is another address."""
    written = [link["link"] for link in LINKS if link["link"].startswith(f"version={VERSION}&model=")]
    assert len(written) == 5
    for link in written:
        assert urlencode(parameters_of(recipe_of(stated(link))[0])) == link


@pytest.mark.parametrize("version", CONFIGS)
def test_a_config_file_means_the_recipe_that_it_meant(version: int, tmp_path: Path) -> None:
    text = CONFIGS[version].read_text(encoding="utf-8")
    assert json.loads(text)["version"] == version
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    config = Run(tmp_path).config
    recipe = ODD | {"held_out": 0 if version == 1 else 10_000}
    assert recorded_part(config, recipe) == recipe
    assert read_config(json.loads(text)) == (config, {})
    assert parse_recipe(text.encode()) == config  # of a zip: there every field has to be stated


def test_a_visitor_keeps_the_seed_that_an_open_link_gave() -> None:
    assert own_seed("token") == 1026710262
