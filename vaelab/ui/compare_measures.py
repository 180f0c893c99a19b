"""The measures of several runs as one table, drawn again until all of them have been taken."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from vaelab.glossary import help_for
from vaelab.ui.compare_runs import Member, members_of
from vaelab.ui.link import link_to
from vaelab.ui.measures_table import measures_table, measuring_tick


def measures_section(members: Sequence[Member]) -> None:
    """The table, as a fragment of its own while measures are being taken."""
    st.subheader("Measures", help=help_for("measure"))
    tick = _tick(members)
    st.fragment(_measures, run_every=tick)([member.run.id for member in members], tick)


def _measures(ids: Sequence[str], tick: float | None) -> None:
    members = members_of(ids)
    if len(members) < len(ids) or _tick(members) != tick:
        st.rerun()
    with st.container(key="compare-measures"):
        runs, names = [member.run for member in members], [member.name for member in members]
        measures_table(runs, names, [link_to("latent-space", {"run": run.id}) for run in runs])


def _tick(members: Sequence[Member]) -> float | None:
    """Seconds until the next look; None if nothing more will come."""
    return min((tick for member in members if (tick := measuring_tick(member.run))), default=None)
