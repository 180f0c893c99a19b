"""What a visitor has chosen and asked for: one typed record in the session's state.

`st.session_state` is written in `vaelab.ui.session` only. Other packages read it where it holds what a widget
shows, and give a widget its value by `put`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from vaelab.config.run_config import RunConfig
from vaelab.ui.web.visitor import new_token, token_of

_KEY = "visit"


@dataclass(frozen=True)
class Start:
    """A start that a button has asked for."""

    until_epoch: int | None = None
    """The epoch after which the run pauses; None to train to its end."""
    twins: bool = False
    """Whether the recipe's twin is trained beside it."""


@dataclass(frozen=True)
class Display:
    """How pages are shown to a visitor."""

    hidden: tuple[str, ...] = ()
    """Names of `vaelab.ui.session.display.CONTROLS`."""
    present: bool = False
    """Whether pages are shown large, for projection."""

    def parameters(self) -> dict[str, str]:
        """The parameters of a link that shows pages so; none where all is as usual."""
        hide = {"hide": ",".join(self.hidden)} if self.hidden else {}
        return hide | ({"present": "1"} if self.present else {})


@dataclass
class Visit:
    """What the pages know of a visitor from one drawing to the next, beside the values of widgets."""

    token: str = field(default_factory=new_token)
    """Who visits, if the browser keeps no cookies."""

    run: str | None = None
    """Id of the run that all pages show; it may have been deleted since."""
    run_unknown: bool = False
    """Whether the address names a run that is not on this server."""
    example: bool = False
    """Whether Train shows the finished example of the preset rather than a run that is over."""
    recipe: RunConfig = field(default_factory=RunConfig)
    """The last valid recipe of the form."""
    preset_base: str | None = None
    """The preset that the recipe was made from."""
    sweep: str | None = None
    """The group of the sweep that is shown; None for the finished example."""
    lesson: int | None = None
    """The lesson that is shown, or was left; None for the index of lessons."""
    display: Display = field(default_factory=Display)

    seen: dict[str, Any] = field(default_factory=dict)
    """What each reader of the address found or wrote there last: only what differs from that is new."""

    start_asked: Start | None = None
    """What Train starts when it is next drawn."""
    delete_asked: str | None = None
    """Id of the run whose deletion is to be confirmed."""
    doomed: set[str] = field(default_factory=set)
    """Ids of the runs that are deleted as soon as they have stopped."""

    refusal: str = ""
    """A sentence on what was refused, until a page tells it; so are the next ones."""
    import_refusal: str = ""
    draw_problem: str = ""
    hint_applied: str = ""
    link_problems: list[str] = field(default_factory=list)
    """Sentences on the link that brought the recipe."""
    link_shown: tuple[str, str, str] | None = None
    """Title, link and sentence of the QR code that lies over the page."""

    emptied: bool = False
    """Whether the picker of Compare was emptied since the page was last drawn."""
    runs_offered: tuple[Sequence[str], Sequence[int]] = ((), ())
    """Ids of the runs that the table of runs lists, and the places of those that are selected."""
    sweep_offered: list[str] = field(default_factory=list)
    """Ids of the runs that the table of a sweep lists."""
    imports: int = 0
    """How many zips were imported."""
    layers_that_wait: list[Any] = field(default_factory=list)
    """Layers of the latent plane that were chosen, and that the run on the page lacks."""
    playing: tuple[str, str] | None = None
    """Page and run of which Rewind plays the snapshots."""
    drawn: bool = False
    """Whether the page was drawn since Rewind's last tick."""
    live_memory: dict[str, Any] = field(default_factory=dict)
    """The run that Train shows, and its plane and span at the last look."""
    compare_memory: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Plane and span of each run of Compare at the last look, by its id."""


def visit() -> Visit:
    """The visit that this script runs for."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Visit()
    found: Visit = st.session_state[_KEY]
    return found


def visitor() -> str:
    """Tell whom this script runs for: 128 random bits as 32 hexadecimal digits.

    A browser that keeps no cookies is a new visitor in every session. Whoever knows the token is
    that visitor: it belongs in no link, page or log.
    """
    return token_of(st.context.cookies) or visit().token


def put(key: str, value: Any) -> None:
    """Set what a widget or a setting of the address holds: before it is drawn, or in a callback."""
    st.session_state[key] = value
