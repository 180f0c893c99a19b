"""Deleting a run: the button, the confirmation, and the deletion once no process writes into the folder."""

import streamlit as st

from vaelab.runs import Run, RunDamaged, RunNotFound, Summary
from vaelab.runs.life import LIFE, stage_of
from vaelab.ui.session import ask, may_change, parameter, plain, refuse, store, visit
from vaelab.ui.session.address import set_parameter


def ask_to_delete(run_id: str) -> None:
    """Have the page open the dialog that confirms the deletion of a run."""
    visit().delete_asked = run_id


def confirm_deletion(listed: list[Summary]) -> None:
    """Open the dialog if it was asked for and its run is still listed."""
    asked = visit().delete_asked
    for summary in listed:
        if summary.run.id == asked:
            _confirm(summary)


def _forget() -> None:
    visit().delete_asked = None


@st.dialog("Delete this run?", on_dismiss=_forget)
def _confirm(summary: Summary) -> None:
    st.markdown(f"**{plain(summary.title)}**")
    sentence = "Its weights, losses and pictures will be gone for good; a download keeps them."
    if _in_use(summary.run):
        sentence = f"It is not over: deleting it stops it first. {sentence}"
    st.write(sentence)
    with st.container(horizontal=True):
        deleted = st.button("Delete", key="delete_for_good", type="primary", icon=":material/delete:")
        kept = st.button("Keep", key="keep")
    if deleted:
        _delete(summary.run)
    if deleted or kept:
        _forget()
        st.rerun()


def _delete(run: Run) -> None:
    """Delete a run now, or stop it and have `carry_out_deletions` delete it once it has stopped."""
    if not may_change(run):
        return
    if _in_use(run) and not ask(run, "stop"):
        return
    visit().doomed.add(run.id)
    carry_out_deletions()


def carry_out_deletions() -> None:
    """Delete the runs whose deletion was confirmed and that no process trains any more."""
    for run_id in sorted(visit().doomed):
        try:
            run = store().get(run_id)
            if _in_use(run):
                continue
            store().delete(run)
        except RunNotFound:
            pass  # stopping deletes a run that has not begun; or another page has deleted it
        except OSError as error:
            refuse(f"The run could not be deleted: {error}")
        visit().doomed.discard(run_id)
        if visit().run == run_id:
            visit().run = None
        if parameter("run") == run_id:
            set_parameter("run", None)


def _in_use(run: Run) -> bool:
    """Whether a process writes into the run's folder, or is about to."""
    try:
        status = run.status()
    except RunDamaged:
        return False
    stage = stage_of(status.state, begun=run.has_begun(), has_writer=status.has_writer)
    return LIFE[stage].delete == "after"
