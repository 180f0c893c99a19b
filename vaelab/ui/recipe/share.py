"""The Share popover: a recipe as a link, for a class too, as a command line and as Python."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from vaelab.config.run_config import RunConfig
from vaelab.export.snippets import command_line, python_code
from vaelab.runs.store import Run, RunDamaged
from vaelab.ui.recipe.class_link import class_link
from vaelab.ui.recipe.qr_code import show_link, shown_link
from vaelab.ui.session.recipe_link import OPEN_SEED, link_to, parameters_of
from vaelab.ui.session.state import is_own, single_user
from vaelab.ui.session.steering import refuse

OPENED = "share_opened"
"""Key of the popover: whether it is open."""

SEEDS = {False: "The same for everybody", True: "Everybody's own"}
"""Whether a link leaves the seed open, in words."""


def share(config: RunConfig, run: Run | None = None) -> None:
    """Draw the popover of a recipe, and of the run that was trained with it, if there is one."""
    with st.popover("Share", icon=":material/share:", key=OPENED, on_change="rerun"):
        recipe, *trained, lesson, command, python = st.tabs(
            ["Recipe", *(["Run"] if run else []), "Class", "Command", "Python"]
        )
        with recipe:
            _recipe_link(config)
        if run:
            with trained[0]:
                _run_link(run)
        with lesson:
            _link(
                "A class",
                class_link(config, run),
                "Students who open it see only what is ticked, on every page that they go to.",
            )
        with command:
            _code(command_line(config))
            st.caption("Trains this recipe where VAE Lab is installed, in its folder.")
        with python:
            _code(python_code(config))
    shown_link()


def _recipe_link(config: RunConfig) -> None:
    st.segmented_control(
        "Seed", list(SEEDS), format_func=SEEDS.__getitem__, key="share_open_seed", default=False,
        required=True, help="With a seed of their own, everybody's run comes out a little different: what "
        "all of them show is no luck.",
    )  # fmt: skip
    open_seed = {"seed": OPEN_SEED} if st.session_state.share_open_seed else {}
    link = link_to("", parameters_of(config) | open_seed)
    _link(
        "A recipe",
        link,
        "Works anywhere: it has every setting, so it means the same when a default changes.",
    )


def _run_link(run: Run) -> None:
    _link(
        "A run",
        link_to("latent-space", {"run": run.id}),
        "Works on this server only: whoever has this link can look at the trained run, and not change it.",
    )
    if is_own(run) and not single_user():
        key = f"share_recording_{run.id}"
        st.session_state[key] = run.meta.shared
        st.toggle(
            "Let others watch it while they wait", key=key, on_change=_set_shared, args=(run, key),
            help="Whoever waits in the queue with exactly this recipe is offered this run to look at.",
        )  # fmt: skip


def _set_shared(run: Run, key: str) -> None:
    try:
        if is_own(run):
            run.set_meta(shared=bool(st.session_state[key]))
    except (RunDamaged, OSError) as error:
        refuse(f"This could not be saved: {error}")


def _link(title: str, link: str, sentence: str) -> None:
    if urlsplit(link).hostname in ("localhost", "127.0.0.1", "::1"):
        sentence += (
            " This address is your own machine; elsewhere, replace its start by the address of VAE Lab there."
        )
    _code(link)
    st.caption(sentence)
    st.button("Show large, with QR code", key=f"large-{title}", icon=":material/qr_code:", on_click=_show,
              args=(title, link, sentence))  # fmt: skip


def _show(*link: str) -> None:
    st.session_state[OPENED] = False  # it would lie over the dialog
    show_link(*link)


def _code(text: str) -> None:
    # Without colours: those of Streamlit's languages are too pale to read.
    st.code(text, language=None, wrap_lines=True)
