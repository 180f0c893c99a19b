"""Sections of Compare for runs in any state: their configs, losses and measures."""

from collections.abc import Sequence

import streamlit as st

from vaelab.config import FIELD_NAMES, QUANTITIES, RunConfig, field_spec, kinds_with
from vaelab.config.comparable import by_scale, fields_that_differ
from vaelab.config.in_force import in_force
from vaelab.figures.compared_losses import ComparedRun, compared_losses, losses_to_compare
from vaelab.runs.summary import summarise
from vaelab.teaching.glossary import help_for
from vaelab.ui.compare.members import Member, members_of
from vaelab.ui.runs.measures import measures_table, wait_for_measures
from vaelab.ui.runs.words import state_in_words
from vaelab.ui.session import history, link_to, plain, with_display
from vaelab.ui.widgets.components import plot
from vaelab.words import capitalized

HEIGHT = 320

SCALES = (
    "Losses in nats depend on the images and on the likelihood (data set, reconstruction term, sigma), so "
    "these runs have axes of their own: their losses are not comparable across."
)


def settings_section(members: Sequence[Member]) -> None:
    """Draw the fields that differ as a table, and those that are the same as one line."""
    configs = [member.run.config for member in members]
    differing = fields_that_differ(configs)
    table = {"Run": [_title(member) for member in members]}
    table["State"] = [state_in_words(summarise(member.run)) for member in members]
    for name in differing:
        table[field_spec(name).label] = [plain(in_force(config, name) or "–") for config in configs]
    with st.container(key="compare-settings"):
        st.table(table, hide_index=True)
    same = [name for name in FIELD_NAMES if name not in differing and in_force(configs[0], name)]
    with st.expander("The same for all of them", key="compare-same", type="compact"):
        values = {field_spec(name).label: plain(in_force(configs[0], name) or "") for name in same}
        st.markdown(" · ".join(f"{label}: {value}" for label, value in values.items()))
    if not differing:
        st.info("All settings of these runs are the same.")


def _title(member: Member) -> str:
    """Letter and title of a run, as a link so that keys can scroll a table too wide for a phone."""
    return f"**{member.letter}** [{plain(summarise(member.run).title)}]({_link(member)})"


def _link(member: Member) -> str:
    return link_to("latent-space", with_display({"run": member.run.id}))


def losses_section(members: Sequence[Member], *, state: str = "", step: int | None = None) -> None:
    """Draw a chart per unweighted loss; runs whose losses do not compare have charts of their own."""
    st.header("Losses", help=help_for("nat"))
    scales = by_scale([member.run.config for member in members])
    if len(scales) > 1:
        st.info(SCALES)
    for number, group in enumerate(scales):
        if len(scales) > 1:
            st.markdown(f"**{_scale_in_words(members[group[0]].run.config)}**")
        compared = [_compared(members[index]) for index in group]
        for column, name in zip(st.columns(3, gap="medium"), losses_to_compare(compared), strict=False):
            alt = f"{QUANTITIES[name].label} of the runs in nats per image against epochs"
            with column, st.container(key=f"compare-losses-{number}-{name}"):
                plot(
                    compared_losses(compared, name),
                    key=f"compare_{name}_{number}",
                    height=HEIGHT,
                    state=state,
                    step=step,
                    alt=alt,
                )
    st.caption(
        "Thick lines with dots are of the test images, thin ones of the training. All are unweighted, "
        "whatever beta is. A lower negative ELBO is better. "
        f"{capitalized(kinds_with('has_kl', has=False))} has no KL, so it takes part in the "
        "reconstruction only."
    )


def _compared(member: Member) -> ComparedRun:
    run_history = history(member.run)
    return ComparedRun(member.name, member.index, member.run.config, run_history.steps, run_history.evaluated)


def _scale_in_words(config: RunConfig) -> str:
    names = ("dataset", "reconstruction", "sigma")
    return ", ".join(
        plain(words) if name != "sigma" else f"sigma {words}"
        for name in names
        if (words := in_force(config, name))
    )


def measures_section(members: Sequence[Member]) -> None:
    """Draw the table of measures as a fragment, which is drawn again when a measurement is done."""
    st.header("Measures", help=help_for("measure"))
    st.fragment(_measures)([member.run.id for member in members])


def _measures(ids: Sequence[str]) -> None:
    members = members_of(ids)
    if len(members) < len(ids):
        st.rerun()
    with st.container(key="compare-measures"):
        runs = [member.run for member in members]
        measures_table(runs, [member.name for member in members], list(map(_link, members)))
    wait_for_measures(runs)
