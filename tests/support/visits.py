"""What a page knows of its visitor, for tests that read it or set it."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from vaelab.ui.session.visits import Visit


def visit_of(page: AppTest) -> Visit:
    """The visit of a page's session, begun if the page was not drawn yet."""
    if "visit" not in page.session_state:
        page.session_state["visit"] = Visit()
    found: Visit = page.session_state["visit"]
    return found


def opened(app: Callable[[], AppTest], **parameters: str) -> AppTest:
    """The first page of a new visitor who follows a link with these parameters."""
    page = app()
    for name, value in parameters.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page
