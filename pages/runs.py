"""Runs: the table of runs, and what can be done with one: resume, export, import, delete."""

from pathlib import Path

import streamlit as st

from vaelab.ui.runs.actions import actions
from vaelab.ui.runs.importing import import_popover
from vaelab.ui.runs.removal import carry_out_deletions, confirm_deletion
from vaelab.ui.runs.table import listed_runs, runs_table, selected_run
from vaelab.ui.session import engine, follow_run_link, may_change, page_link, tell_refusal

engine()  # after a restart the queue goes on, whichever page is opened first
refused = follow_run_link()
carry_out_deletions()
listed = listed_runs()
selected = selected_run(listed)

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Runs", width="content", anchor=False)
    import_popover()
if refused:
    st.warning(refused)
tell_refusal()
if not any(may_change(summary.run) for summary in listed):
    with st.container(horizontal=True, vertical_alignment="center", key="no-runs"):
        st.markdown("You have no runs yet: these are finished examples.", width="content")
        page_link(
            Path(__file__).parent / "train.py", label="Train your first one", icon=":material/play_circle:"
        )

st.space("small")  # room for the table's toolbar
with st.container(key="runs-table"):
    runs_table(listed)
st.caption(
    "Choose a run to see what can be done with it. Test losses are in nats per image: compare them between "
    "runs of one data set and one reconstruction term. With squared error they may be below 0, because a "
    "density, unlike a probability, may exceed 1."
)
if selected:
    actions(selected)
confirm_deletion(listed)
