"""The Share popover: a recipe as a link, for a class too, as a command line and as Python."""

from html import escape
from urllib.parse import urlsplit

import segno
import streamlit as st

from vaelab.config import RunConfig
from vaelab.export.snippets import command_line, python_code
from vaelab.runs import Run, RunDamaged
from vaelab.teaching.lessons import LESSONS
from vaelab.ui.session import (
    OPEN_SEED,
    VIEWS,
    is_own,
    link_to,
    parameters_of,
    put,
    refuse,
    short_parameters_of,
    visit,
)
from vaelab.ui.session.display import CONTROLS, link_of
from vaelab.ui.session.state import single_user
from vaelab.ui.session.visits import Display

OPENED = "share_opened"
"""Key of the popover, whose value is whether it is open."""

SEEDS = {False: "The same for everybody", True: "Everybody's own"}
"""Labels of the choice whether a link leaves the seed open."""

FORMS = {
    "Short": (
        short_parameters_of,
        "Names a preset with its version, and what differs: it means the same when the preset changes.",
    ),
    "Complete": (
        parameters_of,
        "Works anywhere: it has every setting, so it means the same when a default changes.",
    ),
}
"""Parameters of a link to a recipe, and what is said of it, by the form that was chosen."""

QUIET_ZONE = 4
"""Width of the white margin around a QR code in modules, as ISO/IEC 18004 demands."""


def share(config: RunConfig, run: Run | None = None, *, view: str = "") -> None:
    """Draw the popover with the links of a recipe, and of the run that it trained, if there is one.

    Parameters
    ----------
    view
        Path of the page that shows the run: its link then comes first.
    """
    with st.popover("Share", icon=":material/share:", key=OPENED, on_change="rerun"):
        recipe, *trained, lesson, command, python = st.tabs(
            ["Recipe", *(["Run"] if run else []), "Class", "Command", "Python"],
            default="Run" if run and view else "Recipe",
        )
        with recipe:
            _recipe_link(config)
        if run:
            with trained[0]:
                _run_link(run, view or "latent-space")
        with lesson:
            _link(
                "A class",
                _class_link(config, run),
                "Students who open it see only what is marked, on every page that they go to.",
            )
        with command:
            _code(command_line(config))
            st.caption("Trains this recipe where VAE Lab is installed, in its folder.")
        with python:
            _code(python_code(config))
    if link_shown := visit().link_shown:
        _dialog(*link_shown)


def _recipe_link(config: RunConfig) -> None:
    st.segmented_control(
        "Seed", list(SEEDS), format_func=SEEDS.__getitem__, key="share_open_seed", default=False,
        required=True, help="With a seed of their own, everybody's run comes out a little different: what "
        "all of them show is no luck.",
    )  # fmt: skip
    form = st.segmented_control(
        "Link", list(FORMS), key="share_form", default="Short", required=True,
        help="Both open this recipe. The short link is easier to read and to scan.",
    )  # fmt: skip
    parameters, sentence = FORMS[form or "Short"]
    open_seed = {"seed": OPEN_SEED} if st.session_state.share_open_seed else {}
    _link("A recipe", link_to("", parameters(config) | open_seed), sentence)


def _run_link(run: Run, view: str) -> None:
    _link(
        "A run",
        link_to(view, {"run": run.id}),
        "Works on this server only: whoever has this link can look at the trained run, and not change it.",
    )
    if is_own(run) and not single_user():
        key = f"share_recording_{run.id}"
        put(key, run.meta.shared)
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
              args=(title, link))  # fmt: skip


def _show(title: str, link: str) -> None:
    put(OPENED, False)  # an open popover would cover the dialog
    visit().link_shown = (title, link)


def _code(text: str) -> None:
    # Without a language, because the colours of Streamlit's highlighting are too pale to read.
    st.code(text, language=None, wrap_lines=True)


def _class_link(config: RunConfig, run: Run | None) -> str:
    """Draw the choices of a link for a class; returns the link."""
    pages = _pages(config, run)
    left, right = st.columns(2)
    with left:
        page = st.selectbox("Page", list(pages), key="class_page")
    with right:
        own_seed = st.toggle("Everybody their own seed", key="class_open_seed",
                             help="Only where the link carries a recipe.")  # fmt: skip
        present = st.toggle("Large, for projection", key="class_present",
                            help="Without the top bar, and with large letters also in charts.")  # fmt: skip
    seen = st.pills(
        "Students see", list(CONTROLS), selection_mode="multi", default=list(CONTROLS), key="class_seen",
        format_func=lambda name: CONTROLS[name].label,
        help="What is not marked is hidden on every page. This serves focus, not security: students can "
        "still find it.",
    )  # fmt: skip
    path, parameters = pages[page]
    if own_seed and "preset" in parameters:
        parameters = parameters | {"seed": OPEN_SEED}
    hidden = tuple(name for name in CONTROLS if name not in seen)
    display = Display(hidden, present)
    return link_to(path, parameters | (display.parameters() if path else link_of(display)))


def _pages(config: RunConfig, run: Run | None) -> dict[str, tuple[str, dict[str, str]]]:
    """Path and parameters of the pages that a link can lead to, by the page's name in the choice."""
    recipe = short_parameters_of(config)
    pages = {"Train, with this recipe": ("", recipe), "Sweep, with this recipe": ("sweep", recipe)}
    if run:
        pages |= {f"{view.title}, of this run": (view.path, {"run": run.id}) for view in VIEWS}
    return pages | {
        f"Lesson {number}: {lesson.title}": ("lessons", {"lesson": str(number)})
        for number, lesson in LESSONS.items()
    }


def image_address(text: str) -> str:
    """The `data:` address of an image with a text as its QR code."""
    # The lowest level of error correction gives the largest modules, which a camera at the back of a room
    # needs; segno raises the level where that costs no space. A screen has no dirt to correct.
    code = segno.make(text, error="l", micro=False)
    return code.svg_data_uri(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)


def _forget() -> None:
    visit().link_shown = None


@st.dialog("Share", width="large", on_dismiss=_forget)
def _dialog(title: str, link: str) -> None:
    # A class reads this: what is said to the teacher beside the link stays there.
    st.markdown(f"**{title}**")
    alternative = f"QR code of the link that stands beside it: {title.lower()}"
    left, right = st.columns([1.7, 1], gap="medium", vertical_alignment="center")
    with left:
        # The code is as large as the screen allows beside the text; st.image takes no height.
        st.html(
            f'<img src="{escape(image_address(link))}" alt="{escape(alternative)}" '
            'style="display:block;margin:auto;width:min(100%, 72vh);aspect-ratio:1">'
        )
    with right:
        st.code(link, language=None, wrap_lines=True)
