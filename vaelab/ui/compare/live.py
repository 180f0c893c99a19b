"""Compare while runs train: one fragment that follows all of them by their previews."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from vaelab.config import by_dataset
from vaelab.data import DATASETS, is_ready
from vaelab.events import Preview
from vaelab.latent.view import followed, least_span
from vaelab.runs import RunDamaged, read_preview
from vaelab.teaching.glossary import help_for
from vaelab.ui.compare.members import Member, members_of
from vaelab.ui.compare.pictures import show_reconstructions
from vaelab.ui.compare.planes import PlaneView, planes_section
from vaelab.ui.compare.sections import losses_section, settings_section
from vaelab.ui.session import ask, dataset, follow, is_own, plain, tell_refusal, visit, watches
from vaelab.ui.train.live import tick_of
from vaelab.ui.train.outcome import progress_line


def tick_of_all(members: Sequence[Member]) -> float | None:
    """Seconds until the next look at the runs; None if none of them trains."""
    return min((tick for member in members if (tick := tick_of(member.status))), default=None)


def any_active(members: Sequence[Member]) -> bool:
    """Whether one of the runs is not over."""
    return any(member.status.active for member in members)


def watch(members: Sequence[Member]) -> None:
    """Draw progress, planes, losses, reconstructions and settings of runs, and follow them."""
    ids = [member.run.id for member in members]
    follow(members, partial(_look, ids), _draw, tick=tick_of_all, sign=any_active)


def _look(ids: Sequence[str]) -> Sequence[Member] | None:
    members = members_of(ids)
    for member in members:
        watches(member.run)
    return members if len(members) == len(ids) else None


def _draw(members: Sequence[Member]) -> None:
    _progress(members)
    state, step = "running", sum(member.status.step for member in members)
    previews = _previews(members)
    views = {member.letter: _view(member, preview) for member, preview in previews}
    planes_section([views.get(member.letter, member) for member in members], state=state, step=step)
    losses_section(members, state=state, step=step)
    _reconstructions(previews, state, step)
    settings_section(members)


def _progress(members: Sequence[Member]) -> None:
    tell_refusal()
    own = [member for member in members if member.status.active and is_own(member.run)]
    left, right = st.columns([5, 1], vertical_alignment="center")
    with left:
        for member in members:
            if member.status.active:
                progress_line(member.run, member.status, member.name)
    right.button(
        "Stop training",
        key="compare_stop",
        icon=":material/stop:",
        disabled=not own,
        on_click=_stop,
        args=(own,),
        help="Stops all of these runs that are yours and still train.",
    )
    st.caption("Samples, grids and measures follow when all runs are over.")


def _stop(members: Sequence[Member]) -> None:
    for member in members:
        ask(member.run, "stop")


def _previews(members: Sequence[Member]) -> list[tuple[Member, Preview]]:
    """The last preview of each run that has one; a warning for each that cannot be read."""
    previews = []
    for member in members:
        if not is_ready(member.run.config.dataset):
            continue  # the run's worker is fetching the data set
        try:
            preview = read_preview(member.run)
        except RunDamaged as error:
            st.warning(plain(str(error)))
            continue
        if preview is not None:
            previews.append((member, preview))
    return previews


def _view(member: Member, preview: Preview) -> PlaneView:
    """The plane of a run and its part in view, which move as little as possible from look to look."""
    memory = visit().compare_memory.setdefault(member.run.id, {})
    classes = len(DATASETS[member.run.config.dataset].classes)
    least = least_span(member.run.config.traits.has_prior)
    return PlaneView(member, f"live-{preview.step}", *followed(memory, preview.mean, classes, least=least))


def _reconstructions(previews: Sequence[tuple[Member, Preview]], state: str, step: int) -> None:
    st.header("Reconstructions", help="\n\n".join(map(help_for, ("reconstruction", "mse"))))
    for number, group in enumerate(by_dataset([member.run.config for member, _ in previews])):
        rows = [(previews[index][0], previews[index][1].reconstructions) for index in group]
        data = dataset(rows[0][0].run.config.dataset)
        show_reconstructions(number, rows, data, data.first_of_each_class(), state=state, step=step)
    st.caption("A test image of each class, and beside each letter the squared error per pixel over them.")
