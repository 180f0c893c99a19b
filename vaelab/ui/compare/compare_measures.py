"""The measures of several runs as one table, drawn again until all of them have been taken."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from vaelab.teaching.glossary import help_for
from vaelab.ui.compare.members import Member, members_of
from vaelab.ui.runs.measures import measures_table, wait_for_measures
from vaelab.ui.session.display import shown_the_same
from vaelab.ui.session.recipe_link import link_to


def measures_section(members: Sequence[Member]) -> None:
    """The table, as a fragment of its own, which is drawn again when a measure has been taken."""
    st.subheader("Measures", help=help_for("measure"))
    st.fragment(_measures)([member.run.id for member in members])


def _measures(ids: Sequence[str]) -> None:
    members = members_of(ids)
    if len(members) < len(ids):
        st.rerun()
    with st.container(key="compare-measures"):
        runs, names = [member.run for member in members], [member.name for member in members]
        links = [link_to("latent-space", shown_the_same({"run": run.id})) for run in runs]
        measures_table(runs, names, links)
    wait_for_measures(runs)
