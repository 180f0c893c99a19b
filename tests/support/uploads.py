"""Files in the intake, and what a browser then tells the page."""

from __future__ import annotations

import json
from typing import Any

from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from streamlit.testing.v1 import AppTest

from tests.support.runs_page import VISITOR, well
from vaelab.ui.session import intake
from vaelab.ui.web.intake import Intake


def put_file(held: Intake, content: bytes, visitor: str = VISITOR, slot: str = "0" * 32) -> str:
    """A file that has come through the route; returns its ticket."""
    upload = held.begin(visitor, "run", slot, len(content))
    held.grow(upload, len(content))
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    upload.path.write_bytes(content)
    return held.finish(upload)


def import_run(page: AppTest, content: bytes) -> AppTest:
    """The page Runs after its visitor has sent it a file."""
    return tell_ticket(page, put_file(intake(), content))


def tell_ticket(page: AppTest, ticket: Any) -> AppTest:
    """The page Runs after a browser has told it of a ticket, which may be anything that JSON can say.

    AppTest has no way to trigger an event of a component, so that the message of the browser is made here.
    """
    event = json.dumps([{"event": "sent", "value": ticket}])
    states = page._tree.get_widget_states()
    name = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{_widget(page).id}{EVENT_DELIM}events"
    states.widgets.append(WidgetState(id=name, json_trigger_value=event))
    return well(page._run(states))


def refusal_shown(page: AppTest) -> str:
    """The sentence on the last file that the page hands its widget."""
    return str(json.loads(_widget(page).json)["refusal"])


def _widget(page: AppTest) -> Any:
    (element,) = (
        element.proto
        for element in page.get("bidi_component")
        if element.proto.component_name == "vaelab_intake"
    )
    return element
