"""A visitor who speaks Streamlit's protocol and draws nothing: what serving one costs, and no more.

It does what the browser's part of Streamlit does with the server: it sends what widgets were changed
to, keeps large messages that it is not to be sent again, follows the address, and asks for a fragment
again and again where the page wants that. It also does what our component `waiting` does: it asks how runs
stand on which nothing moves.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from vaelab.ui.server.app import SCRIPT_ERROR

PATIENCE = 60.0
"""Seconds to wait for the next message of a script that runs."""
ASKS = 2.0
"""Seconds between two questions how runs stand that wait, as `assets/components/waiting` has it."""
WAITING = "vaelab_waiting"
"""The name of the component that asks."""
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Straight to the server, whatever proxy the environment names."""
TRIGGERS = frozenset({"trigger_value", "string_trigger_value", "json_trigger_value"})
"""Values that a widget has only once."""


class PageFailed(RuntimeError):
    """A page showed an exception, or its script did not end well."""


@dataclass(frozen=True)
class Answer:
    """What asking the server for something came to."""

    seconds: float
    """From sending the wish to the message that the script has finished."""
    received: int
    """Bytes of messages."""


@dataclass(frozen=True)
class Wait:
    """Runs that an element of the page waits for."""

    address: str
    standing: str
    """How they stood when the page was drawn."""
    widget: str
    """Under what id the server is told that this has changed."""
    fragment: str
    """The one that is then run again; empty for the whole page."""


class Visitor:
    """One browser tab without a browser; use it as a context, so that it leaves at the end.

    Parameters
    ----------
    url
        Address of the server.
    cookie
        Of an earlier visit, to be the same person; left out, the server gives a new one.
    hear
        Called with every message as it came.

    Attributes
    ----------
    widgets: ids of the page's widgets, by key.
    query: the address's parameters, as the page last wrote them.
    fragments: seconds between two runs of each fragment that wants to be run again and again.
    waits: what the page waits for, by the keys of the elements that ask for it.
    """

    def __init__(
        self, url: str, cookie: str | None = None, hear: Callable[[bytes], None] = lambda _: None
    ) -> None:
        self.url = url
        self.cookie = cookie or _cookie(url)
        self._hear = hear
        self.widgets: dict[str, str] = {}
        self.query = ""
        self.fragments: dict[str, float] = {}
        self.waits: dict[str, Wait] = {}
        self._values: dict[str, WidgetState] = {}
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}
        self._page, self._page_hash, self._runs, self._keep_for = "", "", 0, 0
        self._leaving = ExitStack()
        self._connection = self._leaving.enter_context(
            connect(
                f"ws{url.removeprefix('http')}/_stcore/stream",
                origin=url,  # type: ignore[arg-type]
                subprotocols=["streamlit"],  # type: ignore[list-item]
                additional_headers={"Cookie": self.cookie},
                max_size=None,
                proxy=None,
            )
        )

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.close()

    def open(self, page: str = "", query: str = "") -> Answer:
        """Go to a page by its name in the address, with parameters."""
        self._page, self._page_hash, self.query = page, "", query
        self._values.clear()
        return self._ask(ClientState())

    def change(self, key: str, **value: Any) -> Answer:
        """Set a widget to a value, given by its name in Streamlit's protocol, such as `double_value=3`."""
        [(name, content)] = value.items()
        state = WidgetState(id=self.widgets[key])
        if isinstance(content, (list, tuple)):
            getattr(state, name).data.extend(content)
        else:
            setattr(state, name, content)
        self._values[state.id] = state
        answer = self._ask(ClientState())
        if name in TRIGGERS:
            del self._values[state.id]
        return answer

    def break_off(self, message: bytes) -> int | None:
        """Send what the server does not take; returns the code with which it ends the connection."""
        with suppress(ConnectionClosed):
            self._connection.send(message)
            while True:
                self._connection.recv(PATIENCE)
        return self._connection.close_code

    def press(self, key: str) -> Answer:
        """Press a button."""
        return self.change(key, trigger_value=True)

    def tick(self, fragment: str) -> Answer:
        """Run a fragment again, as the browser does by itself."""
        return self._ask(ClientState(fragment_id=fragment, is_auto_rerun=True))

    def ask(self, key: str) -> Answer | None:
        """Ask how the runs stand that an element waits for; what came of it if that has changed."""
        wait = self.waits[key]
        request = urllib.request.Request(f"{self.url}{wait.address}", headers={"Cookie": self.cookie})
        with _DIRECT.open(request, timeout=PATIENCE) as response:
            answer = response.read()
        self._hear(answer)
        standing = json.loads(answer)["standing"]
        if standing == wait.standing:
            return None
        changed = json.dumps([{"event": "changed", "value": standing}])
        self._values[wait.widget] = WidgetState(id=wait.widget, json_trigger_value=changed)
        try:
            return self._ask(ClientState(fragment_id=wait.fragment))
        finally:
            del self._values[wait.widget]

    def watch(self) -> list[Answer]:
        """Do what the page does by itself while a run trains, or waits to."""
        answers, due = [], time.perf_counter()
        while self.fragments or self.waits:
            due += min([ASKS, *self.fragments.values()] if self.waits else self.fragments.values())
            time.sleep(max(0.0, due - time.perf_counter()))
            answers += self.look()
        return answers

    def look(self) -> list[Answer]:
        """Do once what the page does by itself again and again."""
        if self.fragments:
            return [self.tick(next(iter(self.fragments)))]
        return [answer for key in list(self.waits) if key in self.waits and (answer := self.ask(key))]

    def _ask(self, wish: ClientState) -> Answer:
        wish.query_string, wish.page_name, wish.page_script_hash = self.query, self._page, self._page_hash
        wish.widget_states.CopyFrom(WidgetStates(widgets=self._values.values()))
        wish.cached_message_hashes.extend(self._kept)
        wish.context_info.timezone, wish.context_info.locale = "UTC", "en-US"
        wish.context_info.url = f"{self.url}/{self._page}"
        begun, received, ended = time.perf_counter(), 0, False
        self._connection.send(BackMsg(rerun_script=wish).SerializeToString())
        while not ended:
            data = self._connection.recv(PATIENCE)
            received += len(data)
            ended = self._take(data)
        return Answer(time.perf_counter() - begun, received)

    def _take(self, data: bytes | str) -> bool:
        """Do what a message says; whether it says that the script has finished."""
        assert isinstance(data, bytes)
        self._hear(data)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":  # the message that we have kept under this name
            message, _ = self._kept[message.ref_hash]
            kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._kept[message.hash] = (message, self._runs)
        if kind == "new_session":
            self._begin(message)
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "auto_rerun":
            self.fragments[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self.fragments.pop(fragment, None)
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            self._learn(message)
        elif kind == "script_finished":
            return self._end(message)
        return False

    def _begin(self, message: ForwardMsg) -> None:
        self._keep_for = message.new_session.config.max_cached_message_age
        drawn = message.metadata.run.fragment_ids
        if not drawn:
            self.fragments.clear()  # the page says anew which of them run by themselves
            self.widgets.clear()
        self.waits = {key: wait for key, wait in self.waits.items() if drawn and wait.fragment not in drawn}

    def _learn(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise PageFailed(f"{element.exception.type}: {element.exception.message}")
        if kind == "alert" and element.alert.body == SCRIPT_ERROR:
            raise PageFailed(SCRIPT_ERROR)
        # A widget's id ends with the key that the script gave it.
        parts = str(getattr(getattr(element, kind), "id", "")).split("-", 2) if kind else []
        if len(parts) == 3:
            self.widgets[parts[2]] = "-".join(parts)
        if kind == "bidi_component" and element.bidi_component.component_name.endswith(WAITING):
            data = json.loads(element.bidi_component.json)
            widget = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{element.bidi_component.id}{EVENT_DELIM}events"
            self.waits[parts[2]] = Wait(data["address"], data["standing"], widget, message.delta.fragment_id)

    def _end(self, message: ForwardMsg) -> bool:
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise PageFailed("The script could not be compiled.")
        if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return False  # another run follows at once
        self._runs += 1
        oldest = self._runs - self._keep_for
        self._kept = {name: kept for name, kept in self._kept.items() if kept[1] >= oldest}
        return True


def _cookie(url: str) -> str:
    """What the server gives a browser that opens its first page, as a header sends it back."""
    request = urllib.request.Request(url, headers={"Accept": "text/html"})
    with _DIRECT.open(request, timeout=PATIENCE) as response:
        cookies = response.headers.get_all("Set-Cookie") or []
    return "; ".join(cookie.partition(";")[0] for cookie in cookies)
