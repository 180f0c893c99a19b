"""The measures of one or more runs as a table, which is drawn again when they have been computed."""

from collections.abc import Sequence

import streamlit as st

from vaelab.config import Quantity, RunConfig, measures
from vaelab.config.comparable import best, comparable
from vaelab.config.quantities import UNNORMALISED, undefined_in_words
from vaelab.runs import MEASURED, Measures, Run, RunDamaged, read_measures
from vaelab.teaching.glossary import help_for
from vaelab.ui.session import engine, plain
from vaelab.ui.session.standing import is_being_measured
from vaelab.ui.widgets.waiting import wait_for

ARROWS = {"lower": "↓ lower", "higher": "↑ higher", "neither": "–"}

BEING_COMPUTED = "being computed …"
COMPUTED_SOON = "The measures are computed once, after training, while no other run trains."
OTHER_DATA = "No measure compares runs of different data sets: the best is marked within each."
OTHER_LIKELIHOOD = (
    "These runs differ in reconstruction term or sigma, so that their nats are of different scales: only "
    "squared errors and accuracies compare them."
)

State = tuple[Measures | None, str | None]
"""A run's measures, and the reason why some or all are missing: empty while they are being computed."""


def measures_panel(run: Run) -> None:
    """Draw the measures of one run in an expander with their meanings; nothing while the run is not over."""
    if run.status().state not in MEASURED:
        return
    with st.expander(
        "How good is it? Measures on the test images", key="measures", icon=":material/straighten:"
    ):
        measures_table([run], ["Value"])
    wait_for_measures([run])  # drawn last, because it appears and disappears and must not move other elements


def wait_for_measures(runs: Sequence[Run]) -> None:
    """Draw the fragment again when one of the runs that are being measured has its measures."""
    wait_for([run for run in runs if is_being_measured(run)], key="waiting_for_measures")


def measures_table(runs: Sequence[Run], titles: Sequence[str], links: Sequence[str] = ()) -> None:
    """Draw a row for each measure and a column for each run, and mark the best comparable value of each row.

    Parameters
    ----------
    titles: heads of the runs' columns, all different.
    links: addresses to which the heads lead; empty for none. Without a link in it, a table that is too wide
        for a phone cannot be scrolled by keyboard.
    """
    configs = [run.config for run in runs]
    states = [_state_of(run) for run in runs]
    columns: dict[str, list[str]] = {title: [] for title in titles}
    for name, measure in measures().items():
        values = [results.values.get(name) if results else None for results, _ in states]
        leaders = best(name, configs, values)
        for index, (title, config, state) in enumerate(zip(titles, configs, states, strict=True)):
            columns[title].append(_cell(measure, config, state, index in leaders))
    st.table(
        {
            # Name and meaning share a column, which leaves room for the others on a phone.
            "Measure": [
                f"**{measure.title}**, {measure.unit}  \n:small[{measure.meaning}]"
                for measure in measures().values()
            ],
            **_with_links(columns, links),
            "Better": [ARROWS[measure.better] for measure in measures().values()],
        },
        hide_index=True,
        border="horizontal",
        width="content",
        alt="Measures on the test images, with their units, which way is better, and what they say",
    )
    for sentence, term in _sentences(configs, states, titles).items():
        st.caption(plain(sentence), help=help_for(term))


def _with_links(columns: dict[str, list[str]], links: Sequence[str]) -> dict[str, list[str]]:
    heads = [f"[{title}]({link})" for title, link in zip(columns, links, strict=True)] if links else columns
    return dict(zip(heads, columns.values(), strict=True))


def _state_of(run: Run) -> State:
    try:
        results = read_measures(run)
        if results is not None and results.is_complete:
            return results, results.problem or None
        if run.status().state not in MEASURED:
            return None, "Its measures are taken when its training is over."
        return results, engine().measure(run)
    except RunDamaged as error:
        return None, str(error)


def _cell(measure: Quantity, config: RunConfig, state: State, leads: bool) -> str:
    results, why_not = state
    if not measure.is_defined(config):
        return "not defined"
    if results is None or measure.name not in results.values:
        return "–" if why_not else BEING_COMPUTED
    value = measure.in_words(results.values[measure.name])
    return f"**{value}** (best)" if leads else value


def _sentences(
    configs: Sequence[RunConfig], states: Sequence[State], titles: Sequence[str]
) -> dict[str, str]:
    """The sentences beneath the table, each with the glossary term that explains it."""
    sentences: dict[str, str] = {}
    for title, (_, why_not) in zip(titles, states, strict=True):
        if why_not:
            sentences[f"{title}: {why_not}" if len(titles) > 1 else why_not] = "measure"
    if any(why_not == "" for _, why_not in states):
        sentences[COMPUTED_SOON] = "measure"
    for config in configs:
        if undefined := undefined_in_words(config.traits):
            sentences[undefined] = "autoencoder"
    if any(config.traits.has_elbo and not config.term.is_normalised for config in configs):
        sentences[UNNORMALISED] = "negative log-likelihood"
    comparable_measures = comparable(configs)
    if not comparable_measures:
        sentences[OTHER_DATA] = "measure"
    elif len(comparable_measures) < len(measures()):
        sentences[OTHER_LIKELIHOOD] = "negative log-likelihood"
    return sentences
