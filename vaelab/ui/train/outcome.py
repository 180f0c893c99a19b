"""How far the run on Train is: a finished example, on its way, or over, with pictures that lead on."""

from base64 import b64encode

import streamlit as st

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.figures.thumbnails import thumbnails
from vaelab.networks.sizes import FIRST_STEPS, expected_seconds
from vaelab.paths import PAGES
from vaelab.runs import Run, RunDamaged, Status, describe, read_preview
from vaelab.ui.recipe.recipes import preset_caption
from vaelab.ui.session import (
    VIEWS,
    ask_to_start,
    dataset,
    history,
    is_own,
    page_link,
    plain,
    saved_at,
    store,
    visit,
    waits,
)
from vaelab.ui.train.controls import comparison_of, is_first_minute
from vaelab.ui.train.meanwhile import Meanwhile
from vaelab.ui.widgets.waiting import wait_for
from vaelab.words import counted, duration

OUTCOMES = {"diverged": ":red[diverged]", "failed": ":red[failed]", "interrupted": ":orange[interrupted]"}
"""States after which something is wrong, as Markdown in their colour."""


def outcome(run: Run, status: Status, meanwhile: Meanwhile | None) -> None:
    """Draw how far the run is, and what is shown meanwhile, in a container of a fixed height."""
    with st.container(key="outcome", gap=None):
        if run.shipped:
            _example(run, status)
        elif status.active:
            progress_line(run, status)
            if meanwhile:
                st.caption(meanwhile.words)
        else:
            _ended(run, status)


def _example(run: Run, status: Status) -> None:
    if not is_first_minute(run, status):
        st.markdown(f"**A finished example:** {describe(run.config)}. Press **Train** to train one yourself.")
        st.caption(preset_caption())
        return
    config = visit().recipe
    with st.container(key="first-minute", gap=None):
        st.markdown(
            f"An **autoencoder** turns each {DATASETS[config.dataset].kind.one} into "
            f"{counted(config.latent_dim, 'number')}, and draws it again from them alone. :small[Move over "
            "the map: it draws there.]"
        )
        with st.container(key="first-offers", horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                watch_in_words(config),
                key="watch_one",
                type="primary",
                icon=":material/play_arrow:",
                on_click=ask_to_start,
                args=(config,),
            )
            page_link(PAGES / "lessons.py", label="Lesson 1", query_params={"lesson": "1"}, width="content")


def watch_in_words(config: RunConfig) -> str:
    """What the first press shows, and how long it takes: "Watch a VAE learn handwriting: 15 s"."""
    spec = DATASETS[config.dataset]
    time = duration(expected_seconds(config, spec)).removeprefix("about ")
    return f"Watch {config.traits.phrase} learn {spec.subject or spec.title}: {time}"


def progress_line(run: Run, status: Status, name: str = "") -> None:
    """Draw the name and the progress of an active run, in words and as a bar.

    Parameters
    ----------
    name
        A short name, where the page says elsewhere what the run is.
    """
    queued = status.state == "queued"
    if not queued:
        begun = status.steps_per_epoch > 0
        share = status.epoch / run.config.epochs if begun else status.prepared
        words = _words(run, status)
        # What changes stands before a long name, which is cut at its end.
        st.progress(min(1.0, share), f"**{name}** · {words}" if name else f"{words} · **{name_of(run)}**")
    if waits(status):
        wait_for([run], key=f"waiting_{run.id}", name=(name or run.title) if queued else "")


def name_of(run: Run) -> str:
    """The name that its owner gave a run, else a description of its recipe."""
    return plain(run.meta.name) or describe(run.config)


def _words(run: Run, status: Status) -> str:
    epoch = f"epoch {status.epoch:.1f} of {run.config.epochs}"
    if status.state == "paused":
        return f"paused · {epoch}" + (f" · {note}" if (note := run.meta.note) else "")
    if not status.steps_per_epoch:
        return status.message or "starting"
    return f"training · {epoch}" + _speed(run, status)


def _speed(run: Run, status: Status) -> str:
    started = history(run).started
    if not status.images_per_second or not started or (status.step < FIRST_STEPS and status.epoch < 1):
        return ""
    left = (run.config.epochs - status.epoch) * started["train_images"] / status.images_per_second
    return f" · {duration(left)} left · {status.images_per_second:,.0f} images/s"


def _ended(run: Run, status: Status) -> None:
    """Draw what became of the run, and a picture of each page that shows what it has learned."""
    # What is written when a training ends as it should already says how it ended.
    fault = f"{OUTCOMES[status.state]}: " if status.state in OUTCOMES else ""
    st.markdown(f"{fault}{plain(status.message) or status.state} · **{name_of(run)}**")
    if not run.has_model():
        return
    with st.container(key="ended", horizontal=True, vertical_alignment="center", gap="xsmall"):
        for view, picture in zip(VIEWS, _pictures(run, saved_at(run)), strict=False):
            source = f"data:image/png;base64,{b64encode(picture).decode()}"
            st.html(f'<img src="{source}" alt="" width="28" height="28">', width="content")
            page_link(view.script, label=view.title, query_params={"run": run.id}, width="content")
        # Another visitor who has the link of one twin may not have been given the other.
        twins = store().group(run.meta.group) if is_own(run) and run.meta.kind == "twins" else []
        if len(twins) > 1:
            page_link(
                PAGES / "compare.py", label="Compare", icon=":material/balance:",
                query_params=comparison_of(twins),
            )  # fmt: skip


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs={Run: lambda run: str(run.path)})
def _pictures(run: Run, version: int) -> list[bytes]:
    """Small pictures of what the first views show of a run; none if its preview is missing."""
    try:
        preview = read_preview(run)
    except RunDamaged:
        preview = None
    if preview is None:
        return []
    data = dataset(run.config.dataset)
    examples = data.x_test[data.first_of_each_class()]
    return [*thumbnails(preview, examples, data.y_test, data.spec)]
