"""What a browser tells the script of our components, in an `AppTest`, which runs none: a dial, a card."""

from __future__ import annotations

import json
from typing import Any

from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from streamlit.testing.v1 import AppTest

from tests.support.visits import visit_of
from vaelab.ui.session.visits import Move


def turn(page: AppTest, name: str, value: Any) -> AppTest:
    """Move the dial of a field, or with a text type it there."""
    count = visit_of(page).moves.get(name, Move()).count + 1
    return send(page, f"dial_{name}", moved={"value": value, "count": count})


def send(page: AppTest, key: str, **state: Any) -> AppTest:
    """Run the page with a new state of a component, together with all that was set in other widgets."""
    return _run(page, WidgetState(id=_id(page, key), json_value=json.dumps(state)))


def trigger(page: AppTest, key: str, event: str, value: Any) -> AppTest:
    """Run the page after something happened once in a component."""
    told = json.dumps([{"event": event, "value": value}])
    name = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{_id(page, key)}{EVENT_DELIM}events"
    return _run(page, WidgetState(id=name, json_trigger_value=told))


def choose_recipe(page: AppTest, name: str) -> AppTest:
    """Choose the card of a preset."""
    return trigger(page, "recipe_cards", "chosen", name)


def is_off(page: AppTest, name: str) -> bool:
    """Whether the dial of a field cannot be moved."""
    return bool(json.loads(page.get_by_key(f"dial_{name}").proto.json)["off"])


def _id(page: AppTest, key: str) -> str:
    found: str = page.get_by_key(key).proto.id
    return found


def _run(page: AppTest, told: WidgetState) -> AppTest:
    states = page._tree.get_widget_states()
    states.widgets.append(told)
    return page._run(states)
