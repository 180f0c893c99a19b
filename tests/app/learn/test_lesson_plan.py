"""The README's lesson plan leads to pages that open, with nothing wrong in any of its links."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.runs_page import App, well
from vaelab.paths import PAGES, PROJECT

PLAN = re.search(
    r"## For teachers\n(.*?)\n## ", (PROJECT / "README.md").read_text(encoding="utf-8"), re.DOTALL
)
LINKS = re.findall(r"^\| \d+ \| `(/[^`]*)` ", PLAN[1], re.MULTILINE) if PLAN else []


def test_the_plan_has_links_in_the_order_of_their_minutes() -> None:
    assert PLAN is not None
    minutes = [int(found) for found in re.findall(r"^\| (\d+) \|", PLAN[1], re.MULTILINE)]
    assert len(minutes) == len(LINKS) >= 6
    assert minutes == sorted(minutes)
    assert minutes[-1] < 45


@pytest.mark.parametrize("link", LINKS)
def test_a_link_of_the_plan_opens_without_a_word_against_it(link: str, app: App) -> None:
    address = urlsplit(link)
    page = app()
    page.switch_page(str(PAGES / f"{address.path.strip('/') or 'train'}.py"))
    for name, value in parse_qsl(address.query, keep_blank_values=True):
        page.query_params[name] = value
    page = well(page.run())
    assert not page.warning
    assert not page.error
