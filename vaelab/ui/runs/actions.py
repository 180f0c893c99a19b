"""The panel of the page Runs for the chosen run: links to its pages, and a button for each action."""

import math
from functools import partial

import streamlit as st

from vaelab.config import RunConfig, field_spec
from vaelab.export.bundle import bundle, too_large
from vaelab.paths import PAGES
from vaelab.runs import UNDER_WAY, Run, RunDamaged, Summary, describe
from vaelab.runs.life import offers
from vaelab.ui.recipe.share import share
from vaelab.ui.recipe.show_code import show_code
from vaelab.ui.runs.measures import measures_panel
from vaelab.ui.runs.removal import ask_to_delete
from vaelab.ui.runs.words import NO_OPTIMIZER, about
from vaelab.ui.session import (
    VIEWS,
    address_of,
    ask,
    engine,
    may_change,
    open_run,
    page_link,
    parameters_of,
    plain,
    put,
    recipe_now,
    refuse,
    visitor,
)
from vaelab.words import slug

LONGEST_NAME = 80


def actions(summary: Summary) -> None:
    """Draw the description of the chosen run, the links to its pages, and a button for each action."""
    run, own = summary.run, may_change(summary.run)
    config = None if summary.status.state == "damaged" else summary.config
    with st.container(border=True, key="run-actions"):
        st.markdown(f"**{plain(summary.title)}**")
        st.caption(plain(about(summary)))
        if config:
            _links(summary, config, own)
        with st.container(horizontal=True, key="run-buttons"):
            if config:
                _go_on(summary, own)
                _rename(summary, config, own)
                show_code(config)
                share(config, run if summary.has_learned else None)
                _download(summary)
            st.button("Delete", key="delete", icon=":material/delete:", disabled=not own,
                      on_click=ask_to_delete, args=(run.id,))  # fmt: skip
        if config:
            st.fragment(measures_panel)(run)


def _links(summary: Summary, config: RunConfig, own: bool) -> None:
    """Draw links with the very addresses that their pages write, so that Back leads here again."""
    run = {"run": summary.run.id}
    with st.container(horizontal=True, key="run-views"):
        if own:
            # The link keeps the recipe of the form, which looking at a run does not change.
            page_link(PAGES / "train.py", label="Losses and pictures", icon=":material/play_circle:",
                         query_params=address_of(recipe_now(), summary.run.id))  # fmt: skip
        if summary.has_learned:
            for view in VIEWS:
                page_link(view.script, label=view.title, icon=view.icon, query_params=run)
        page_link(PAGES / "train.py", label="Use this recipe", icon=":material/edit_note:",
                     query_params=parameters_of(config) | (run if own else {}),
                     help="Fills the form of the Train page.")  # fmt: skip


def _go_on(summary: Summary, own: bool) -> None:
    st.button("Resume", key="resume", icon=":material/resume:", on_click=_resume, args=(summary.run,),
              disabled=not own or not offers(summary.status.state, "resume"),
              help="Goes on where it was paused, stopped or interrupted.")  # fmt: skip
    most = int(field_spec("epochs").maximum or 0)
    left = most - math.ceil(summary.status.epoch)
    reason = _why_not_trained_on(summary, own) or (f"A run has at most {most} epochs." if left < 1 else None)
    with st.popover("Train on", icon=":material/more_time:", disabled=reason is not None, help=reason,
                    key="train_on_open", on_change="rerun"):  # fmt: skip
        st.number_input("More epochs", 1, max(1, left), min(5, max(1, left)), key="more_epochs")
        st.caption("A new run goes on where this one ended; this one stays as it is.")
        st.button("Train on", key="train_on", on_click=_train_on, args=(summary.run,))


def _why_not_trained_on(summary: Summary, own: bool) -> str | None:
    if not own:
        return "Only your own runs can be trained on."
    if summary.status.active:
        return "It is not over yet."
    return None if summary.can_be_trained_on else NO_OPTIMIZER


def _resume(run: Run) -> None:
    ask(run, "resume")


def _train_on(run: Run) -> None:
    put("train_on_open", False)
    if not may_change(run):
        return
    try:
        longer = engine().train_on(run, int(st.session_state.more_epochs), owner=visitor())
    except (ValueError, OSError) as error:
        refuse(str(error))
        return
    open_run(longer.id)


def _rename(summary: Summary, config: RunConfig, own: bool) -> None:
    key = f"name_of_{summary.run.id}"
    with st.popover("Rename", icon=":material/edit:", disabled=not own, key="rename_open", on_change="rerun"):  # noqa: SIM117
        with st.form("rename", border=False):
            st.text_input("Name", summary.meta.name if summary.meta else "", LONGEST_NAME, key=key,
                          placeholder=describe(config, summary.meta.axes if summary.meta else ()),
                          help="Leave it empty to have the title made from the settings.")  # fmt: skip
            st.form_submit_button("Save", key="save_name", on_click=_save_name, args=(summary.run, key))


def _save_name(run: Run, key: str) -> None:
    put("rename_open", False)
    words = " ".join(st.session_state[key].split())
    name = "".join(letter for letter in words if letter.isprintable())[:LONGEST_NAME]
    if may_change(run):
        try:
            run.set_meta(name=name)
        except (RunDamaged, OSError) as error:
            refuse(f"The name could not be saved: {error}")


def _download(summary: Summary) -> None:
    under_way = summary.status.state in UNDER_WAY
    reason = "Once it is paused or over." if under_way else too_large(summary.run)
    st.download_button(
        "Download",
        # The zip is made when it is downloaded, in a thread of its own.
        partial(bundle, summary.run),
        file_name=f"vaelab-{slug(summary.title)}-{summary.run.id[:8]}.zip",
        mime="application/zip",
        key="download",
        icon=":material/download:",
        help=reason or "A zip with its settings, weights and losses, to keep or to import elsewhere.",
        disabled=reason is not None,
        on_click="ignore",
    )
