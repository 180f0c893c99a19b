"""The whole comparison of runs whose training is over."""

from collections.abc import Sequence

import streamlit as st

from vaelab.config import by_dataset
from vaelab.data import DATASETS, DatasetUnavailable, is_ready
from vaelab.latent.planes import Plane
from vaelab.runs import RunDamaged
from vaelab.ui.compare.members import Member
from vaelab.ui.compare.pictures import grids_section, reconstructions_section, samples_section
from vaelab.ui.compare.planes import PlaneView, chosen_image, planes_section, take_cursor
from vaelab.ui.compare.sections import losses_section, measures_section, settings_section
from vaelab.ui.explore.controls import seen_span
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.results import usual_plane
from vaelab.ui.session import PageChoices, dataset, plain, saved_at, test_codes, trained

DATA_SETS = (
    "These runs learnt different images: a code is marked in the planes of its own data set, and measures "
    "are compared within each data set only."
)


def whole_comparison(members: Sequence[Member], choices: PageChoices) -> None:
    """Draw all sections, with a sentence for each run that lacks what a section needs."""
    if len(by_dataset([member.run.config for member in members])) > 1:
        st.info(DATA_SETS)
    opened = _opened(members, choices)
    planes = _planes(opened, choices) if opened else []
    losses_section(members)
    if opened:
        reconstructions_section(opened, chosen_image())
        samples_section(opened)
        grids_section(opened, planes, chosen_image())
    settings_section(members)
    measures_section(members)


def _planes(opened: Sequence[tuple[Member, Opened]], choices: PageChoices) -> list[Plane]:
    take_cursor(choices, min(len(loaded.data.x_test) for _, loaded in opened))
    planes = [usual_plane(loaded) for _, loaded in opened]
    planes_section(
        [
            PlaneView(member, loaded.version, plane, seen_span(loaded, plane))
            for (member, loaded), plane in zip(opened, planes, strict=True)
        ]
    )
    return planes


def _opened(members: Sequence[Member], choices: PageChoices) -> list[tuple[Member, Opened]]:
    """The runs whose weights can be loaded; the page gets a warning for each of the others."""
    opened = []
    for member in members:
        try:
            opened.append((member, _open(member, choices)))
        except (RunDamaged, DatasetUnavailable) as error:
            st.warning(plain(f"{member.name} has no pictures. {error}"))
        except OSError:
            st.warning(f"{member.name} has no pictures: its files went away while they were read.")
    return opened


def _open(member: Member, choices: PageChoices) -> Opened:
    run = member.run
    if not member.has_learned:
        raise RunDamaged("It has not been trained yet: follow it on the Train page.")
    name = run.config.dataset
    if not is_ready(name):
        raise DatasetUnavailable(f"The images of {DATASETS[name].title} are not on this machine.")
    return Opened(run, saved_at(run), trained(run).model, dataset(name), test_codes(run), choices)
