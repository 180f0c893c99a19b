"""The measures of several runs as one table, the best marked where they compare."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from vaelab.comparison import by_dataset, by_scale
from vaelab.measures import (
    MEASURED,
    MEASURES,
    NOT_OF_AE,
    UNNORMALISED,
    Measure,
    Measures,
    best,
    in_words,
    is_defined,
    read_measures,
)
from vaelab.runs import RunDamaged
from vaelab.ui.compare_runs import Member, members_of
from vaelab.ui.markdown import plain

TICK = 2.0
"""Seconds between two looks for measures that are being taken."""

BETTER = {"lower": ", lower is better", "higher": ", higher is better", "neither": ""}


def measures_section(members: Sequence[Member]) -> None:
    """The table, drawn again while measures are being taken."""
    st.subheader("Measures", help="All on the test images, taken once, when a run is over.")
    tick = TICK if _waiting(members) else None
    st.fragment(_measures, run_every=tick)([member.run.id for member in members], tick)


def _measures(ids: Sequence[str], tick: float | None) -> None:
    members = members_of(ids)
    if len(members) < len(ids) or (tick and not _waiting(members)):
        st.rerun()
    measured = [_read(member) for member in members]
    with st.container(key="compare-measures"):
        st.table(table_of(members, measured), hide_index=True)
    if tick:
        st.caption("Measures that are still being taken appear by themselves.")
    for member, measures in zip(members, measured, strict=True):
        if measures and measures.problem:
            st.warning(plain(f"{member.name}: {measures.problem}"))
    _about(members)


def table_of(members: Sequence[Member], measured: Sequence[Measures | None]) -> dict[str, list[str]]:
    """A row for each measure, a column for each run: values in words, the best of comparable runs marked."""
    rows: dict[str, list[str]] = {
        "Measure": [f"{m.label} ({m.unit}{BETTER[m.better]})" for m in MEASURES.values()]
    }
    winners = {name: _best(measure, members, measured) for name, measure in MEASURES.items()}
    for place, (member, measures) in enumerate(zip(members, measured, strict=True)):
        rows[member.name] = [
            _cell(name, member, measures, is_best=place in winners[name]) for name in MEASURES
        ]
    return rows


def _cell(name: str, member: Member, measures: Measures | None, *, is_best: bool) -> str:
    if not is_defined(name, member.run.config):
        return "not defined"
    value = None if measures is None else getattr(measures, name)
    if value is None:
        return "–"
    words = in_words(name, value)
    return f"**{words}** (best)" if is_best else words


def _best(measure: Measure, members: Sequence[Member], measured: Sequence[Measures | None]) -> set[int]:
    """Places of the best runs, each among those that compare with it on the measure."""
    configs = [member.run.config for member in members]
    groups = by_dataset(configs) if measure.across_likelihoods else by_scale(configs)
    return {
        places[winner]
        for places in groups
        for winner in best(
            measure.name, [configs[place] for place in places], [measured[place] for place in places]
        )
    }


def _about(members: Sequence[Member]) -> None:
    configs = [member.run.config for member in members]
    sentences = [
        "The best is marked among runs with the same data set, reconstruction term and sigma; squared errors "
        "and accuracies compare across likelihoods, too."
    ]
    if any(config.model == "ae" for config in configs):
        sentences.append(f"Some are {NOT_OF_AE}.")
    if any((config.model, config.reconstruction) == ("vae", "bce") for config in configs):
        sentences.append(UNNORMALISED)
    st.caption(" ".join(sentences))
    with st.expander("What each of them says", key="compare-meanings", type="compact"):
        st.markdown("\n".join(f"- **{measure.label}**: {measure.meaning}" for measure in MEASURES.values()))


def _waiting(members: Sequence[Member]) -> bool:
    """Whether a run that will be measured has not been yet; finished examples come with their measures."""
    ended = (member for member in members if member.status.state in MEASURED and not member.run.shipped)
    return any(member.has_learned and _read(member) is None for member in ended)


def _read(member: Member) -> Measures | None:
    try:
        return read_measures(member.run)
    except RunDamaged:
        return None
