"""The verdict on a run: whether it is good, and one large number beside what it is compared with."""

import streamlit as st

from vaelab.runs import MEASURED, Run, Status, read_measures
from vaelab.teaching.baselines import in_other_programs
from vaelab.teaching.verdict import Case, judge
from vaelab.ui.recipe.example import usual_end
from vaelab.ui.session import history, pca_error, plain


def verdict(run: Run, status: Status) -> None:
    """Draw the verdict on a run in two lines of a fixed height."""
    case = _case(run, status)
    found = judge(case)
    title = f":red[**{plain(found.title)}**]" if found.is_fault else f"**{plain(found.title)}**"
    if found.detail:
        title += f" :small[{plain(found.detail)}]"
    others = in_other_programs(case.config, case.losses) if case.losses else None
    with st.container(key="verdict", gap=None):
        st.markdown(title, help=found.about or None)
        with st.container(key="verdict-number", horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{found.value}**", help=others, width="content")
            st.markdown(f"{plain(found.unit)}  \n{plain(found.beside)}", width="content")


def _case(run: Run, status: Status) -> Case:
    curves = history(run)
    return Case(
        config=run.config,
        state=status.state,
        steps=curves.steps,
        evaluated=curves.evaluated,
        started=curves.started,
        finished=curves.finished,
        pca_error=_pca_error(run, status),
        usual=None if run.shipped else usual_end(run.config),  # an example would be compared with itself
        moved=curves.moved_dials,
    )


def _pca_error(run: Run, status: Status) -> float | None:
    """PCA's error as the run's measures have it, or else as the server computes it."""
    measured = read_measures(run) if status.state in MEASURED else None
    if measured and measured.values.get("pca_mse") is not None:
        return float(measured.values["pca_mse"])
    return pca_error(run.config)


def is_being_compared(run: Run, status: Status) -> bool:
    """Whether the verdict waits for PCA's error, so that the page has to look again."""
    return history(run).evaluated.count > 0 and _pca_error(run, status) is None
