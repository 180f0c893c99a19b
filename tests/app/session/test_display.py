"""A link hides controls and enlarges pages, on every page, without a trace in what pages read and write."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.runs_page import App, texts, well
from tests.support.top_bar import bar_links
from tests.support.turning import turn
from tests.support.visits import visit_of
from vaelab.paths import PAGES
from vaelab.ui.session.display import (
    CONTROLS,
    EARLIER_NAMES,
    LETTERS,
    PARTS,
    ROOMS,
    first_styles,
    link_of,
    read_display,
)
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
    assert read_display(link_of(shown), Display()) == (shown, [])


@given(st.sets(st.sampled_from(PARTS), min_size=1), st.booleans())
def test_what_a_link_shows_is_all_that_is_left_of_train(names: set[str], present: bool) -> None:
    asked = {"show": ",".join(sorted(names)), "present": str(int(present))}
    shown, sentences = read_display(asked, Display(("navigation", "losses")))
    assert set(PARTS) - set(shown.hidden) == names
    assert set(shown.hidden) <= set(PARTS), "the bar and the other pages stay as they are"
    assert (shown.present, sentences) == (present, [])
    link = link_of(shown)
    assert ("show" in link) == (present and len(names) < len(PARTS) / 2)


@pytest.mark.parametrize(
    "asked",
    [{"present": "1"}, {"present": "1", "show": "latent"}, {"hide": "twin,</style>"}, {"epochs": "3"}],
)
def test_the_first_page_has_the_styles_that_its_script_will_write(app: App, asked: dict[str, str]) -> None:
    first = first_styles("", urlencode(asked))
    assert f"<style data-display>{first}</style>" in styles(opened(app, **asked))
    assert bool(first) == ("epochs" not in asked)


def test_a_link_made_when_there_was_a_sidebar_hides_the_navigation() -> None:
    assert read_display({"hide": "sidebar,twin"}, Display())[0].hidden == ("navigation", "twin")


@given(st.text())
def test_what_names_no_part_hides_nothing(show: str) -> None:
    shown, sentences = read_display({"show": show}, Display())
    names = {EARLIER_NAMES.get(name, name) for name in show.split(",") if name}
    assert bool(shown.hidden) == bool(names & set(PARTS))
    sentence = "“Shown parts” (show) must be some of recipe,"
    assert any(each.startswith(sentence) for each in sentences) == bool(names - set(PARTS))


@given(st.text(), st.text())
def test_what_means_nothing_gets_a_sentence(hide: str, present: str) -> None:
    shown, sentences = read_display({"hide": hide, "present": present}, Display())
    known = set(shown.hidden)
    assert known <= set(CONTROLS)
    assert any(each.startswith("“Hidden parts”") for each in sentences) == bool(
        {EARLIER_NAMES.get(name, name) for name in hide.split(",") if name} - known
    )
    assert any(each.startswith("“Present”") for each in sentences) == (present not in ("0", "1"))


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


@pytest.mark.parametrize("name", ["train", "compare", "lessons"])
def test_every_page_can_be_presented(app: App, name: str) -> None:
    page = opened(app, name)
    page.button(key="present").click().run()
    assert f"--vaelab-letters: {LETTERS}px" in styles(well(page))
    assert page.query_params["present"] == "1"


def test_a_presentation_has_large_letters_and_a_way_out(app: App) -> None:
    page = opened(app, "compare", present="1")
    assert f"--vaelab-letters: {LETTERS}px" in styles(page)
    page.button(key="leave-presentation").click().run()
    assert "--vaelab-letters" not in styles(well(page))
    assert "present" not in page.query_params
    assert not [button for button in page.button if button.key == "leave-presentation"]


def test_who_leaves_a_presentation_of_some_parts_has_all_parts_again(app: App) -> None:
    page = opened(app, present="1", show="latent,losses")
    assert hidden(page) == set(PARTS) - {"latent", "losses"}
    page.button(key="leave-presentation").click().run()
    assert hidden(well(page)) == set()
    assert not {"show", "hide", "present"} & set(page.query_params)


def test_links_in_tables_lead_to_pages_shown_the_same(app: App) -> None:
    page = opened(app, "compare", runs="vae-2d,ae-2d", hide="rewind")
    shown = [table.value.astype(str) for table in page.table]
    words = " ".join(" ".join([*each.columns, *each.to_numpy().ravel()]) for each in shown)
    links = re.findall(r"\]\((\S+)\)", words)
    assert len(links) == 4, "of two runs in two tables"
    assert all(dict(parse_qsl(urlsplit(link).query))["hide"] == "rewind" for link in links)


def test_the_room_of_what_is_hidden_is_taken_only_where_all_in_it_is_hidden(app: App) -> None:
    for names, rules in ROOMS.items():
        assert rules in styles(opened(app, hide=",".join(names)))
        for kept in names if len(names) > 1 else ():
            assert rules not in styles(opened(app, hide=",".join(names - {kept})))


def test_a_wrong_name_gets_a_sentence_and_the_rest_works(app: App) -> None:
    page = opened(app, hide="advanced,<b>no</b>", show="rewind", present="yes")
    assert hidden(page) == {"advanced"}
    said = " ".join(warning.value.replace("\\", "") for warning in page.warning)
    assert "“Shown parts” (show) must be some of recipe," in said
    assert "“Hidden parts” (hide) must be some of navigation," in said
    assert "“Present” must be 0 or 1" in said
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
    page.pills(key="class_seen").set_value(["navigation", "rewind", "latent", "losses"])
    (link,) = [code.value for code in well(page.run()).code if "show=" in code.value]
    assert parse_qsl(urlsplit(link).query)[-2:] == [("show", "losses,latent"), ("present", "1")]
    page.pills(key="class_seen").set_value([name for name in CONTROLS if name != "twin"])
    page.selectbox(key="class_page").set_value(
        next(name for name in page.selectbox(key="class_page").options if name.startswith("Lesson 3"))
    )
    (link,) = [code.value for code in well(page.run()).code if "hide=" in code.value]
    assert "/lessons?lesson=3&hide=twin&present=1" in link


@pytest.mark.parametrize("name", [path.stem for path in sorted(PAGES.glob("*.py"))])
def test_no_page_takes_these_for_settings_of_its_own(name: str, app: App) -> None:
    page = opened(app, name, hide="sidebar", present="1")
    assert "no setting" not in texts(page)
    assert not page.warning


def test_elsewhere_what_to_show_is_a_choice_of_the_page(app: App) -> None:
    page = opened(app, "reconstructions", run="vae-2d", show="draw", present="1")
    assert hidden(page) == set()
    page.button(key="leave-presentation").click().run()
    assert well(page).query_params["show"] == "draw"
