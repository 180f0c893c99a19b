"""The runs that the page Compare shows: those of its address, or by default a pair of twins."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from vaelab.config.comparable import MOST_COMPARED
from vaelab.runs import Run, RunDamaged, RunNotFound, Status
from vaelab.ui.session import PageChoices, linked_run, own_runs, plain, put, store, visit

SHIPPED_TWINS = ("vae-2d", "ae-2d")
LETTERS = "ABCDEF"

_ID = re.compile(r"[0-9a-z][0-9a-z-]{1,63}")
_CHOSEN, _PICKED = "view_runs", "compared_runs"
"""Keys in the session's state of the runs that are compared, and of the picker."""


@dataclass(frozen=True)
class Member:
    """A run of the comparison, with its letter."""

    index: int
    run: Run
    status: Status

    @property
    def letter(self) -> str:
        """The letter of the run: A for the first."""
        return LETTERS[self.index]

    @property
    def name(self) -> str:
        """Letter and kind of model, as labels have it: "A VAE"."""
        return f"{self.letter} {self.run.config.traits.label}"

    @property
    def has_learned(self) -> bool:
        """Whether it has weights that were trained."""
        return self.run.has_model() and self.status.step > 0


def page_choices() -> PageChoices:
    """What the page shows, from its address or as the visitor left it."""
    return PageChoices("Compare", arrived=_PICKED not in st.session_state)


def pick_members(choices: PageChoices) -> list[Member]:
    """Draw the picker; returns the chosen runs that can be read, with a warning for each of the others."""
    choices.take("runs", _read_ids, [], ",".join)
    chosen = st.session_state[_CHOSEN]
    members = members_of(chosen if chosen or visit().emptied else _default_pair())
    visit().emptied = False
    options = {member.run.id: _label(member.run) for member in members}
    others = (run for run in (*own_runs(), *store().shipped_runs()) if run.id not in options)
    options |= {run.id: _label(run) for run in others if _is_readable(run)}
    # The value is set before the widget is made, as its options may have changed since it was last shown.
    for key in (_CHOSEN, _PICKED):
        put(key, [member.run.id for member in members])
    st.multiselect(
        "Runs",
        list(options),
        format_func=options.__getitem__,
        key=_PICKED,
        on_change=_take_picked,
        max_selections=MOST_COMPARED,
        placeholder="Choose two to six runs",
        help="Two to six runs. The charts call them A, B and so on, in the order in which they stand here.",
    )
    return members


def members_of(ids: Sequence[str]) -> list[Member]:
    """The runs of some ids that can be read; the page gets a warning for each of the others."""
    readable: list[tuple[Run, Status]] = []
    for run_id in ids:
        try:
            run = linked_run(run_id)
            _ = run.config, run.meta
            if all(run != other for other, _ in readable):
                readable.append((run, run.status()))
        except RunNotFound as error:
            st.warning(plain(str(error)))
        except RunDamaged as error:
            st.warning(plain(f"Run {run_id} is left out, because it cannot be read. {error}"))
    return [Member(index, run, status) for index, (run, status) in enumerate(readable)]


def link_of(members: Sequence[Member]) -> dict[str, str]:
    """The parameter of the page's address that names its runs."""
    return {"runs": ",".join(member.run.id for member in members)}


def _label(run: Run) -> str:
    """Label of a run in the picker, different for any two runs."""
    return f"{run.in_words} ({run.id})" if run.shipped else f"{run.title} · {run.short_id}"


def _take_picked() -> None:
    put(_CHOSEN, st.session_state[_PICKED])
    visit().emptied = not st.session_state[_PICKED]


def _read_ids(text: str) -> list[str]:
    ids = list(dict.fromkeys(text.split(","))) if text else []
    if len(ids) > MOST_COMPARED or not all(_ID.fullmatch(run_id) for run_id in ids):
        raise ValueError(f"ids of at most {MOST_COMPARED} runs, with commas between them")
    return ids


def _is_readable(run: Run) -> bool:
    try:
        _ = run.config, run.meta, run.status()
    except RunDamaged:
        return False
    return True


def _default_pair() -> list[str]:
    """The visitor's newest twins, if the newest run is one of a pair; else the finished examples."""
    own = [run for run in own_runs() if _is_readable(run)]
    if own and own[0].meta.kind == "twins":
        pair = [run.id for run in store().group(own[0].meta.group)]
        if len(pair) > 1:
            return pair
    return list(SHIPPED_TWINS)
