"""Choosing among one's sweeps, one that a link names, and the finished example."""

from __future__ import annotations

import streamlit as st

from vaelab.ui.session.text import plain
from vaelab.ui.sweep.shown import own_sweeps, read_sweep

_EXAMPLE = "Finished example"


def pick_sweep() -> str | None:
    """The group of the sweep to show, None for the example; a picker if there is a choice."""
    state, sweeps = st.session_state, own_sweeps()
    wanted = state.sweep_group
    if wanted and wanted not in sweeps:
        if read_sweep(wanted) is None:
            st.warning(plain(f"There is no sweep {wanted[:64]!r} on this server. It may have been deleted."))
            wanted = None
        else:
            sweeps = {wanted: "Somebody else's sweep, opened by its link", **sweeps}
    state.sweep_group = wanted
    if not sweeps:
        return None
    options = {**sweeps, "": _EXAMPLE}
    # Set before the widget is made: its options may have changed since it was last shown.
    state.picked_sweep = wanted or ""
    st.selectbox("Sweep", list(options), format_func=options.__getitem__, key="picked_sweep", on_change=_take)
    return state.sweep_group


def _take() -> None:
    st.session_state.sweep_group = st.session_state.picked_sweep or None
