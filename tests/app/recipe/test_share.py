"""Share: links and their QR codes, and links that leave the seed open."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from tests.support.visits import visit_of
from vaelab.config import PRESETS, RunConfig
from vaelab.paths import PAGES
from vaelab.ui.recipe.share import image_address
from vaelab.ui.session import OPEN_SEED, VIEWS, parameters_of, short_parameters_of
from vaelab.ui.session.recipe_link import own_seed

App = Callable[[], AppTest]
VISITORS = "a" * 32, "b" * 32


def read(address: str) -> str:
    """What a camera reads of a code: its path of rows of modules, drawn as pixels and decoded."""
    root = ElementTree.fromstring(unquote(address.split(",", 1)[1]))
    side, scale = int(root.attrib["viewBox"].split()[2]), 4
    picture = Image.new("L", (side * scale, side * scale), "white")
    draw = ImageDraw.Draw(picture)
    x = y = 0.0
    modules = root.findall("{*}path")[-1].attrib["d"]
    for command in modules.replace("M", " M").replace("m", " m").replace("h", " h").split(" m"):
        move, *runs = command.strip().replace("M", "").split(" h")
        dx, dy = (float(number) for number in move.replace("-", " -").split())
        x, y = x + dx, y + dy
        for run in runs:
            length = float(run)
            draw.rectangle(
                (x * scale, (y - 0.5) * scale, (x + length) * scale - 1, (y + 0.5) * scale - 1), "black"
            )
            x += length
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_code_reads_as_the_link(name: str) -> None:
    recipe = "&".join(f"{key}={value}" for key, value in parameters_of(PRESETS[name].config).items())
    link = f"https://vae-lab.example.org:8501/?{recipe}"
    assert read(image_address(link)) == link


def opened(app: App, visitor: str, **parameters: str) -> AppTest:
    page = app()
    visit_of(page).token = visitor
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def test_an_open_seed_is_each_visitors_own_and_stays_theirs(app: App) -> None:
    first, second, reloaded = (
        opened(app, visitor, seed=OPEN_SEED, epochs="3") for visitor in (*VISITORS, VISITORS[0])
    )
    seeds = [visit_of(page).recipe.seed for page in (first, second, reloaded)]
    assert seeds[0] == seeds[2] != seeds[1]
    assert not first.warning
    assert first.query_params["seed"] == OPEN_SEED, "a reload, and whoever is sent it, finds it open"
    assert visit_of(first).recipe == RunConfig(epochs=3, seed=own_seed(VISITORS[0]))


def test_share_leaves_the_seed_open_if_asked_and_shows_the_code(app: App) -> None:
    page = opened(app, VISITORS[0], epochs="3")
    (seeds,) = [group for group in page.get("button_group") if group.label == "Seed"]
    seeds.set_value(True).run()
    page.button(key="large-A recipe").click().run()
    assert not page.exception
    link = next(code.value for code in page.code if "seed=" in code.value)
    short = short_parameters_of(RunConfig(epochs=3))
    assert dict(parse_qsl(urlsplit(link).query)) == short | {"seed": OPEN_SEED}
    (image,) = [html.proto.body for html in page.get("html") if "<img" in html.proto.body]
    address = ElementTree.parse(io.StringIO(image.replace('">', '"/>'))).getroot().attrib["src"]
    assert read(address) == link


def test_both_forms_of_a_link_open_the_recipe(app: App) -> None:
    page = opened(app, VISITORS[0], epochs="3", beta="4")
    lengths = {}
    for form, expected in (("Short", short_parameters_of), ("Complete", parameters_of)):
        (forms,) = [group for group in page.get("button_group") if group.label == "Link"]
        forms.set_value(form).run()
        link = next(code.value for code in page.code if "epochs=" in code.value)
        stated = dict(parse_qsl(urlsplit(link).query))
        assert stated == expected(RunConfig(epochs=3, beta=4))
        again = opened(app, VISITORS[1], **stated)
        assert visit_of(again).recipe == RunConfig(epochs=3, beta=4)
        assert not again.warning
        lengths[form] = len(link)
    assert 3 * lengths["Short"] < lengths["Complete"]


@pytest.mark.parametrize("script", ["train", "latent_space", "walks", "runs"])
def test_a_class_can_be_sent_to_the_pages_of_the_run_that_is_shown(app: App, script: str) -> None:
    page = opened(app, VISITORS[0]).switch_page(str(PAGES / f"{script}.py")).run()
    assert not page.exception
    options = page.selectbox(key="class_page").options
    assert {f"{view.title}, of this run" for view in VIEWS} <= set(options)
    assert "Train, with this recipe" in options
    page.selectbox(key="class_page").set_value(f"{VIEWS[0].title}, of this run").run()
    assert any("run=vae-2d" in code.value for code in page.code)


@pytest.mark.parametrize(("script", "first"), [("train", "Recipe"), ("walks", "Run")])
def test_share_opens_at_what_one_looks_at(app: App, script: str, first: str) -> None:
    page = opened(app, VISITORS[0]).switch_page(str(PAGES / f"{script}.py")).run()
    assert not page.exception
    (tabs,) = page.get("tab_container")
    assert tabs.children[tabs.proto.tab_container.default_tab_index].label == first
    view = "latent-space" if script == "train" else "walks"
    assert any(f"/{view}?run=vae-2d" in code.value for code in page.code)
