"""A link shows everybody the same, wrong values get a sentence, and choices move from page to page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.exploring import (
    change_address,
    fit_once,
    is_well,
    label_of,
    sentences,
    setting,
    shown,
    titles,
    visit,
)
from tests.support.top_bar import bar_links
from tests.support.visits import visit_of
from vaelab.ui.session import interval_text, one_of, whole_number
from vaelab.ui.session.labels import called
from vaelab.ui.session.readers import interval, real_number, switch, switch_text

App = Callable[[], AppTest]


@pytest.fixture(autouse=True)
def _quick_pca(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaelab.analysis.pca.fit", fit_once)


PICTURES = {
    "reconstructions": "strips",
    "latent_space": "latent_canvas",
    "latent_grid": "latent_grid_canvas",
    "walks": "traversal",
}


@pytest.mark.parametrize(
    ("page", "given"),
    [
        ("reconstructions", {"class": "3", "sort": "best", "count": "4"}),
        ("reconstructions", {"seed": "12"}),
        (
            "latent_space",
            {"plane": "dimensions", "x": "4", "y": "2", "anchor": "77", "layers": "points,density"},
        ),
        ("latent_space", {"range": "chosen", "range_x": "-1,2", "range_y": "-2.5,2"}),
        ("latent_space", {"region": "0,0;1,0;1,1.5", "layers": ""}),
        ("latent_space", {"kept": "0.5,-1.25"}),
        (
            "latent_grid",
            {"plane": "dimensions", "x": "4", "y": "2", "n": "11", "at": "0.5,-1.25", "anchor": "8"},
        ),
        ("walks", {"steps": "7", "shown": "13", "anchor": "77"}),
    ],
)
def test_a_link_shows_the_same_to_everybody(app: App, page: str, given: dict[str, str]) -> None:
    first = visit(app(), page, run="vae-20d", **given)
    assert is_well(first)
    assert given.items() <= first.query_params.items()
    second = visit(app(), page, **first.query_params)
    assert shown(second, PICTURES[page]) == shown(first, PICTURES[page])
    assert shown(visit(app(), page, run="vae-20d"), PICTURES[page]) != shown(first, PICTURES[page])


@pytest.mark.parametrize("page", PICTURES)
def test_an_address_at_its_defaults_stays_as_short_as_it_was_given(app: App, page: str) -> None:
    assert visit(app(), page, run="vae-20d").query_params == {"run": "vae-20d"}


@pytest.mark.parametrize(
    ("page", "wrong", "right"),
    [
        ("reconstructions", {"class": "eleven", "sort": "loudest", "count": "0"}, {"seed": "4"}),
        ("latent_space", {"plane": "ecliptic", "range": "wide", "layers": "stars"}, {"anchor": "3"}),
        ("latent_space", {"anchor": "10000", "region": "0,0;1,0"}, {"layers": "prior"}),
        ("latent_space", {"x": "21", "y": "0"}, {"anchor": "3"}),
        ("latent_space", {"y": "3", "kept": "1"}, {"x": "3"}),
        ("latent_grid", {"n": "7", "anchor": "-1", "at": "0,up"}, {"x": "3"}),
        ("latent_grid", {"range_x": "3,-3", "range_y": "nan,1"}, {"range": "chosen", "n": "12"}),
        ("walks", {"walk": "run", "steps": "6", "shown": "21"}, {"anchor": "3"}),
        ("walks", {"a": "10000", "b": "x"}, {"walk": "interpolate", "c": "3"}),
        ("walks", {"temperature": "nan", "pictures": "0", "sample_seed": "-1"}, {"walk": "sample"}),
        ("walks", {"temperature": "2.1"}, {"walk": "sample", "pictures": "7"}),
    ],
)
def test_a_wrong_value_gets_a_sentence_and_the_rest_works(
    app: App, page: str, wrong: dict[str, str], right: dict[str, str]
) -> None:
    opened = visit(app(), page, run="vae-20d", **wrong, **right)
    assert not opened.exception
    said = sentences(opened)
    assert len(said) == len(wrong)
    for name in wrong:
        (sentence,) = (text for text in said if f"{called(name, label_of(opened, name))} must be " in text)
        assert name in sentence.casefold()
    assert right.items() <= opened.query_params.items()
    assert [name for name in wrong if opened.query_params.get(name) == wrong[name]] == []
    assert is_well(opened.run())


def test_a_plane_is_no_choice_in_two_dimensions(app: App) -> None:
    page = visit(app(), "latent_space", run="vae-2d", x="2", y="1", anchor="6")
    (sentence,) = sentences(page)
    assert "only 2" in sentence
    assert setting(page, "anchor") == 6


@pytest.mark.parametrize(
    ("run", "page", "idle", "reason"),
    [
        (
            "vae-20d",
            "latent_space",
            {"plane": "pca", "x": "3", "y": "4"},
            "“Across” (x) and “Up” (y) have no effect, because “Plane” is “Principal components”",
        ),
        (
            "vae-20d",
            "latent_space",
            {"range_x": "-1,1"},
            "“Range of the first axis” (range_x) has no effect, because “Range” is “All codes”",
        ),
        (
            "vae-20d",
            "walks",
            {"walk": "sample", "source": "mixture", "temperature": "0.5"},
            "scales the prior",
        ),
        ("ae-2d", "walks", {"walk": "sample", "temperature": "0.5"}, "“Temperature” has no effect"),
        (
            "vae-2d",
            "reconstructions",
            {"sort": "best", "seed": "3"},
            "“Seed” has no effect, because “Order” is “Best first”",
        ),
        ("vae-2d", "latent_grid", {"zoom": "3"}, "zoom is not a setting"),
        ("vae-2d", "walks", {"n": "3", "epochs": "4"}, "“Images a side” (n) and “Epochs” are not settings"),
        ("vae-2d", "walks", {f"s{i}": "" for i in range(90)}, "s0, s1, s2, s3, s4 and 85 more are not"),
    ],
)
def test_what_is_not_in_force_is_said_once(
    app: App, run: str, page: str, idle: dict[str, str], reason: str
) -> None:
    opened = visit(app(), page, run=run, **idle)
    (sentence,) = sentences(opened)
    assert reason in sentence
    assert is_well(opened.run())


def test_what_the_whole_app_reads_is_no_setting(app: App) -> None:
    assert is_well(visit(app(), "latent_space", run="vae-2d", embed="true", embed_options="dark_theme"))


@pytest.mark.parametrize(
    ("page", "name", "value"),
    [
        ("latent_space", "region", "0,0;1,0;1,1.5"),
        ("latent_space", "kept", "0.5,-1.25"),
        ("latent_grid", "at", "0.5,-1.25"),
    ],
)
def test_a_point_is_forgotten_where_its_numbers_mean_something_else(
    app: App, page: str, name: str, value: str
) -> None:
    chosen = {"plane": "dimensions", "x": "4", "y": "2", name: value}
    opened = visit(app(), page, run="vae-20d", **chosen)
    visit(opened, "train")
    visit(opened, page, run="vae-20d")
    assert opened.query_params[name] == value  # the same run and plane
    given = dict(opened.query_params)
    opened.selectbox(key="view_x").select(5).run()
    assert opened.query_params.get(name, "") != value
    opened.query_params.clear()
    change_address(opened, **given)
    assert opened.query_params[name] == value  # a link names both
    opened.selectbox(key="picked_run").select("beta-vae").run()
    assert is_well(opened)
    assert opened.query_params.get(name, "") != value


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ("latent_space", {"region": "0,0;1,0;1,1e300"}),
        ("latent_space", {"region": "0,0;1,0;1,-9999"}),
        ("latent_space", {"kept": "0,9999"}),
        ("latent_grid", {"at": "9999,0"}),
        ("latent_grid", {"at": "0,-1e5"}),
    ],
)
def test_a_point_far_beyond_the_codes_gets_a_sentence(app: App, page: str, wrong: dict[str, str]) -> None:
    opened = visit(app(), page, run="vae-2d", **wrong)
    (sentence,) = sentences(opened)
    limit = float(re.search(r"from -([\d.]+) to \1[, ]", sentence + " ")[1])
    assert 100 * 4 <= limit <= 9999
    assert is_well(opened.run())


def test_a_link_to_a_run_that_is_not_there(app: App) -> None:
    page = visit(app(), "latent_space", run="0123456789abcdef", anchor="9")
    (sentence,) = sentences(page)
    assert "0123456789abcdef" in sentence
    assert visit_of(page).run == "vae-2d"
    assert setting(page, "anchor") == 9


def test_back_undoes_one_change_after_the_other(app: App) -> None:
    page = visit(app(), "latent_space", run="vae-20d")
    addresses = [dict(page.query_params)]
    for number in (3, 4):
        page.number_input(key="view_anchor").set_value(number).run()
        addresses.append(dict(page.query_params))
    for number, address in zip((4, 3, 0), reversed(addresses), strict=True):
        page.query_params.clear()
        change_address(page, **address)
        assert page.number_input(key="view_anchor").value == number
        assert page.query_params == address


def test_back_to_an_arrival_shows_what_was_brought_along(app: App) -> None:
    page = visit(app(), "latent_space", run="vae-2d", anchor="8")
    visit(page, "latent_grid", run="vae-2d")
    visit(page, "latent_space", run="vae-2d")
    page.number_input(key="view_anchor").set_value(9).run()
    page.query_params.clear()
    change_address(page, run="vae-2d")
    assert page.number_input(key="view_anchor").value == 8


def test_what_was_chosen_moves_along(app: App) -> None:
    shared = {"plane": "dimensions", "x": "5", "y": "9", "anchor": "321",
              "range": "chosen", "range_x": "-2,1", "range_y": "-3,3"}  # fmt: skip
    page = visit(app(), "latent_space", run="vae-20d", **shared)
    for other in ("latent_grid", "reconstructions", "latent_space", "train", "latent_grid"):
        visit(page, other, run="vae-20d")
        assert not page.exception
        if other.startswith("latent"):
            assert shared.items() <= page.query_params.items()


def test_the_order_of_the_reconstructions_is_kept_too(app: App) -> None:
    page = visit(app(), "reconstructions", run="vae-2d", sort="worst")
    before = titles(page, "strips")
    visit(page, "latent_space", run="vae-2d")
    assert titles(visit(page, "reconstructions", run="vae-2d"), "strips") == before


def test_picking_a_run_shows_it_and_names_it_in_every_address(app: App) -> None:
    page = visit(app(), "latent_space", run="vae-20d", plane="dimensions", x="20", y="19")
    page.selectbox(key="picked_run").select("vae-2d-fashion").run()
    assert is_well(page)
    assert page.query_params["run"] == visit_of(page).run == "vae-2d-fashion"
    assert "run=vae-2d-fashion" in bar_links(page)["Latent grid"]


def test_the_last_of_several_picks_counts(app: App) -> None:
    page = visit(app(), "latent_grid", run="vae-2d")
    for name in ("ae-2d", "vae-20d", "ae-2d", "vae-2d"):
        page.selectbox(key="picked_run").select(name).run()
        assert page.query_params["run"] == visit_of(page).run == name


def test_layers_that_another_run_does_not_have_wait_for_one_that_has(app: App) -> None:
    page = visit(app(), "latent_space", run="vae-2d", layers="points,density,prior")
    page.selectbox(key="picked_run").select("ae-2d").run()
    assert setting(page, "layers") == ["points", "density"]
    page.selectbox(key="picked_run").select("vae-2d").run()
    assert set(setting(page, "layers")) == {"points", "density", "prior"}
    first_an_ae = visit(app(), "latent_space", run="ae-2d")
    first_an_ae.selectbox(key="picked_run").select("vae-2d").run()
    assert set(setting(first_an_ae, "layers")) == {"points", "prior"}


def test_a_choice_that_another_run_does_not_have_falls_back(app: App) -> None:
    page = visit(app(), "reconstructions", run="vae-2d-fashion", **{"class": "Bag"})
    assert is_well(visit(page, "reconstructions", run="ae-2d"))
    assert setting(page, "class") == "all"


@pytest.mark.parametrize(
    ("read", "wrong", "allowed"),
    [
        (one_of(("a", "b")), "c", "one of a, b"),
        (whole_number(1, 5), "6", "from 1 to 5"),
        (whole_number(1, 5), "²", "from 1 to 5"),
        (whole_number(1, 5, 2), "2", "another number than 2"),
        (real_number(0, 2), "2.5", "a number from 0 to 2"),
        (real_number(0, 2), "nan", "a number from 0 to 2"),
        (real_number(0, 2), "warm", "a number from 0 to 2"),
        (interval(-1, 1), "0,0", "lower one first"),
        (interval(-1, 1), "0", "from -1 to 1"),
        (interval(-1, 1), "-1,2", "from -1 to 1"),
        (switch, "yes", "one of on, off"),
    ],
)
def test_a_reader_says_what_is_allowed(read: Callable[[str], object], wrong: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed):
        read(wrong)


def test_what_is_written_can_be_read() -> None:
    assert interval(-3, 3)(interval_text((-2.5, 3))) == (-2.5, 3)
    assert [switch(switch_text(value)) for value in (True, False)] == [True, False]
