"""A visitor's choices and requests: one typed record in the session's state.

`st.session_state` is written in `vaelab.ui.session` only. Other packages read the values of widgets there,
and set them by `put`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from vaelab.config import RunConfig
from vaelab.ui.web.visitor import new_token, token_of

_KEY = "visit"


@dataclass(frozen=True)
class Start:
    """A start that a button has asked for."""

    config: RunConfig
    """The recipe that is meant, whatever the form holds when the start is made."""
    until_epoch: int | None = None
    """The epoch after which the run pauses; None to train without a pause."""
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
        """The parameters of a link for this display; none for the usual one."""
        hide = {"hide": ",".join(self.hidden)} if self.hidden else {}
        return hide | ({"present": "1"} if self.present else {})


@dataclass(frozen=True)
class Move:
    """The last move of a dial that the page has dealt with."""

    count: int = 0
    """How many moves the browser had counted by then."""
    refusal: str = ""
    """A sentence on its value, if that was refused."""


@dataclass
class Visit:
    """What the pages keep of a visitor from one run of a script to the next, beside the values of widgets."""

    token: str = field(default_factory=new_token)
    """The visitor's token, if the browser keeps no cookies."""
    tab: str = field(default_factory=new_token)
    """Tells the files that this tab sends from those of the visitor's other tabs."""

    run: str | None = None
    """Id of the run that all pages show; it may have been deleted since."""
    run_refusal: str = ""
    """A sentence on the run that the address names, if no such run is found."""
    example: bool = False
    """Whether Train shows the finished example of the preset rather than a run that is over."""
    recipe: RunConfig = field(default_factory=RunConfig)
    """The last valid recipe of the form."""
    preset_base: str | None = None
    """The preset that the recipe was made from."""
    twins: bool = False
    """Whether Train trains the recipe's twin beside it."""
    moves: dict[str, Move] = field(default_factory=dict)
    """The last moves of the form's dials, by the names of their fields."""
    turned: set[str] = field(default_factory=set)
    """The fields of dials whose move has not acted on a run yet."""
    moved: bool = False
    """Whether a dial was moved since the recipe of the address was last looked at."""
    sweep: str | None = None
    """The group of the sweep that is shown; None for the finished example."""
    lesson: int | None = None
    """The number of the lesson that is shown, or was last; None for the index of lessons."""
    display: Display = field(default_factory=Display)

    seen: dict[str, Any] = field(default_factory=dict)
    """The parameters that each reader of the address has last read or written, by the reader's name."""

    start_asked: Start | None = None
    """The start that Train makes when it is next drawn."""
    delete_asked: str | None = None
    """Id of the run whose deletion is to be confirmed."""
    doomed: set[str] = field(default_factory=set)
    """Ids of the runs that will be deleted as soon as they have stopped."""

    refusal: str = ""
    """A sentence on a refused request, until a page has shown it."""
    import_refusal: str = ""
    """A sentence on the last import, if it was refused."""
    draw_problem: str = ""
    """A sentence on a drawing that was refused, until the page Draw has shown it."""
    hint_applied: str = ""
    """A sentence on the changes of a hint that was applied, until Train has shown it."""
    link_problems: list[str] = field(default_factory=list)
    """Sentences on the link that brought the recipe."""
    link_shown: tuple[str, str] | None = None
    """Title and link of the QR code that lies over the page."""

    emptied: bool = False
    """Whether the picker of Compare was emptied since the page was last drawn."""
    runs_offered: tuple[Sequence[str], Sequence[int]] = ((), ())
    """Ids of the runs that the table of runs lists, and the indices of the selected rows."""
    sweep_offered: list[str] = field(default_factory=list)
    """Ids of the runs that the table of a sweep lists."""
    imports: int = 0
    """How many zips were taken from the intake."""
    layers_that_wait: list[Any] = field(default_factory=list)
    """Chosen layers of the latent plane that the run on the page lacks."""
    playing: tuple[str, str] | None = None
    """Page and run whose snapshots Rewind plays."""
    played: str = ""
    """The choice of the slider at which Rewind is while it plays."""
    drawn: bool = False
    """Whether the page has been drawn since Rewind's last tick."""
    live_memory: dict[str, Any] = field(default_factory=dict)
    """The run that Train shows, with its plane and span when they were last drawn."""
    compare_memory: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Plane and span of each run of Compare when they were last drawn, by the run's id."""


def visit() -> Visit:
    """The visit that this script runs for."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Visit()
    current: Visit = st.session_state[_KEY]
    return current


def visitor() -> str:
    """The token of the visitor that this script runs for: 128 random bits as 32 hexadecimal digits.

    A browser that keeps no cookies has a new token in every session. Whoever knows the token is taken for
    the visitor: it belongs in no link, page or log.
    """
    return token_of(st.context.cookies) or visit().token


def put(key: str, value: Any) -> None:
    """Set the value of a widget, or of a choice in the address; before it is drawn, or in a callback."""
    st.session_state[key] = value


def take_choice(values: Mapping[str, Any]) -> None:
    """Keep values that were chosen on a view, by their keys, and draw the page anew if they are new."""
    if any(st.session_state[key] != value for key, value in values.items()):
        for key, value in values.items():
            put(key, value)
        st.rerun()


def take_next_seed(key: str) -> None:
    """Raise the seed under a key of the session's state by 1; the first seed is 0."""
    st.session_state[key] = st.session_state.get(key, 0) + 1
