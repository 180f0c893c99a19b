"""A link hides controls and enlarges pages, on every page, without a trace in what pages read and write."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.runs_page import App, texts, well
from tests.support.top_bar import bar_links
from tests.support.turning import turn
from tests.support.visits import visit_of
from vaelab.paths import PAGES
from vaelab.ui.session.display import CONTROLS, EARLIER_NAMES, LETTERS, read_display
from vaelab.ui.session.visits import Display


def opened(app: App, page: str = "train", **parameters: str) -> Any:
    made = app()
    made.switch_page(str(PAGES / f"{page}.py"))
    for name, value in parameters.items():
        made.query_params[name] = value
    return well(made.run())


def go(page: Any, name: str) -> Any:
    """To another page by the top bar's link, with the parameters that it has."""
    query = bar_links(page)[name]
    page.switch_page(str(PAGES / f"{name.lower().replace(' ', '_')}.py"))
    page.query_params.clear()
    for key, value in parse_qsl(query):
        page.query_params[key] = value
    return well(page.run())


def styles(page: Any) -> str:
    return "".join(html.proto.body for html in page.get("html"))


def hidden(page: Any) -> set[str]:
    """Names of the controls that the page's own style hides."""
    found = styles(page)
    return {name for name, each in CONTROLS.items() if f"{each.selector} {{ display: none" in found}


@given(st.sets(st.sampled_from(sorted(CONTROLS))), st.booleans())
def test_a_display_is_what_its_link_says(names: set[str], present: bool) -> None:
    shown = Display(tuple(name for name in CONTROLS if name in names), present)
    assert read_display(shown.parameters(), Display()) == (shown, [])
    again, sentences = read_display({"hide": "", "present": "0"}, shown)
    assert (again, sentences) == (Display(), [])
    assert read_display({}, shown) == (shown, [])


def test_a_link_made_when_there_was_a_sidebar_hides_the_navigation() -> None:
    assert read_display({"hide": "sidebar,twin"}, Display())[0].hidden == ("navigation", "twin")


@given(st.text(), st.text())
def test_what_means_nothing_gets_a_sentence(hide: str, present: str) -> None:
    shown, sentences = read_display({"hide": hide, "present": present}, Display())
    known = set(shown.hidden)
    assert known <= set(CONTROLS)
    assert any(each.startswith("hide") for each in sentences) == bool(
        {EARLIER_NAMES.get(name, name) for name in hide.split(",") if name} - known
    )
    assert any(each.startswith("present") for each in sentences) == (present not in ("0", "1"))


def test_what_is_hidden_stays_so_from_page_to_page_and_after_a_reload(app: App) -> None:
    page = opened(app, epochs="3", hide="advanced,twin")
    assert hidden(page) == {"advanced", "twin"}
    assert visit_of(page).recipe.epochs == 3
    assert not page.warning
    for name in ("Latent space", "Lessons", "Runs", "Train"):
        page = go(page, name)
        assert hidden(page) == {"advanced", "twin"}, name
        assert page.query_params["hide"] == "advanced,twin", "or a reload would show them"
        assert not page.warning
    assert visit_of(page).recipe.epochs == 3
    assert hidden(go(opened(app), "Runs")) == set()


def test_a_change_of_the_page_keeps_how_it_is_shown(app: App) -> None:
    page = opened(app, hide="share", present="1")
    well(turn(page, "latent_dim", 5))
    shown = {name: page.query_params[name] for name in ("latent_dim", "hide", "present")}
    assert shown == {"latent_dim": "5", "hide": "share", "present": "1"}


def test_a_presentation_has_large_letters_and_a_way_out(app: App) -> None:
    page = opened(app, "compare", present="1")
    assert f"--vaelab-letters: {LETTERS}px" in styles(page)
    page.button(key="leave-presentation").click().run()
    assert "--vaelab-letters" not in styles(well(page))
    assert "present" not in page.query_params
    assert not [button for button in page.button if button.key == "leave-presentation"]


def test_links_in_tables_lead_to_pages_shown_the_same(app: App) -> None:
    page = opened(app, "compare", runs="vae-2d,ae-2d", hide="rewind")
    shown = [table.value.astype(str) for table in page.table]
    words = " ".join(" ".join([*each.columns, *each.to_numpy().ravel()]) for each in shown)
    links = re.findall(r"\]\((\S+)\)", words)
    assert len(links) == 4, "of two runs in two tables"
    assert all(dict(parse_qsl(urlsplit(link).query))["hide"] == "rewind" for link in links)


@pytest.mark.parametrize(
    ("hide", "gone"), [("losses", 0), ("hints", 0), ("losses,hints", 1), ("latent", 1), ("advanced", 0)]
)
def test_a_column_goes_only_with_all_that_is_in_it(hide: str, gone: int, app: App) -> None:
    assert styles(opened(app, hide=hide)).count('"stColumn"]') == gone


def test_a_wrong_name_gets_a_sentence_and_the_rest_works(app: App) -> None:
    page = opened(app, hide="advanced,<b>no</b>", present="yes")
    assert hidden(page) == {"advanced"}
    said = " ".join(warning.value for warning in page.warning)
    assert "hide must be some of navigation," in said
    assert "present must be 0 or 1" in said
    assert "<b>" not in texts(page)


def test_the_class_link_says_what_was_ticked(app: App) -> None:
    page = opened(app, epochs="3")
    page.pills(key="class_seen").set_value([name for name in CONTROLS if name != "twin"])
    page.toggle(key="class_present").set_value(True)
    page.toggle(key="class_open_seed").set_value(True)
    page = well(page.run())
    (link,) = [code.value for code in page.code if "hide=" in code.value]
    parameters = dict(parse_qsl(urlsplit(link).query))
    assert parameters.items() >= {"epochs": "3", "seed": "open", "hide": "twin", "present": "1"}.items()
    assert hidden(page) == set(), "the teacher's own page stays as it is"
    page.selectbox(key="class_page").set_value(
        next(name for name in page.selectbox(key="class_page").options if name.startswith("Lesson 3"))
    )
    (link,) = [code.value for code in well(page.run()).code if "hide=" in code.value]
    assert "/lessons?lesson=3&hide=twin&present=1" in link


@pytest.mark.parametrize("name", [path.stem for path in sorted(PAGES.glob("*.py"))])
def test_no_page_takes_these_for_settings_of_its_own(name: str, app: App) -> None:
    assert "no setting" not in texts(opened(app, name, hide="sidebar", present="1"))
    assert not opened(app, name, hide="sidebar", present="1").warning
