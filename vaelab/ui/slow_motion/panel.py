"""Slow motion: the stages of one training step on one image, forwards and backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from vaelab.data import DatasetUnavailable
from vaelab.runs import Run, RunDamaged
from vaelab.teaching.glossary import help_for
from vaelab.ui.session import dataset, plain, put, take_next_seed, trained
from vaelab.ui.slow_motion.stages import Stage, line_of_listing, stages_of

if TYPE_CHECKING:  # PyTorch stays off the way to the page
    from vaelab.analysis.one_step import Explained


def slow_motion_panel(run: Run) -> None:
    """Draw the panel of the Train page, which computes nothing before a visitor opens it."""
    if not run.has_model():
        return
    panel = st.expander(
        "Slow motion: one training step",
        key="slow_motion",
        icon=":material/slow_motion_video:",
        on_change="rerun",
    )
    if panel.open:
        with panel:
            st.fragment(slow_motion)(run)


def slow_motion(run: Run) -> None:
    """Draw one step of the run's model as it was last saved, with controls for image, epsilon and stage."""
    stages = stages_of(run.config)
    st.caption(
        "What one step computes for one image, with the weights last saved of "
        f"{plain(run.in_words)}. The step is not taken: the weights stay as they are."
    )
    try:
        image, seed = _controls(run)
        step = _explained(run, image, seed)
    except (RunDamaged, DatasetUnavailable) as error:
        st.warning(plain(str(error)))
        return
    index = _pick_stage(stages)
    _show(stages[index], index, len(stages), step, run)


def _controls(run: Run) -> tuple[int, int]:
    """Choose the training image and the seed of the random numbers."""
    images = dataset(run.config.dataset).x_train
    seed = st.session_state.get("slow_seed", 0)
    # The last run may have had a data set with more images.
    put("slow_image", min(st.session_state.get("slow_image", 1), len(images)))
    is_stochastic = run.config.traits.is_stochastic
    with st.container(horizontal=True, vertical_alignment="bottom"):
        image = st.number_input(
            "Training image",
            1,
            len(images),
            key="slow_image",
            width=180,
            persist_state="session",
            help=f"Which of the {len(images):,} training images.",
        )
        if is_stochastic or run.config.corruption != "none":
            st.button(
                "Draw again",
                key="slow_resample",
                icon=":material/casino:",
                on_click=take_next_seed,
                args=("slow_seed",),
                help=help_for("reparameterisation" if is_stochastic else "corruption"),
            )
            st.caption(f"random numbers of seed {seed}", width="content")
    return int(image) - 1, seed


def _explained(run: Run, image: int, seed: int) -> Explained:
    import torch

    from vaelab.analysis.one_step import explain_step
    from vaelab.models.objective import beta_at

    noise, corruption = (torch.Generator().manual_seed(2 * seed + part) for part in range(2))
    images = dataset(run.config.dataset).x_train
    status = run.status()
    beta = beta_at(run.config, status.step, status.steps_per_epoch)
    return explain_step(trained(run).model, images[image], noise=noise, corruption=corruption, beta=beta)


def _pick_stage(stages: list[Stage]) -> int:
    """Choose a stage by Back and Next, or by its name; returns its index."""
    titles = [stage.title for stage in stages]
    if st.session_state.get("slow_stage") not in titles:
        put("slow_stage", titles[0])
    index, last = titles.index(st.session_state.slow_stage), len(titles) - 1
    with st.container(horizontal=True, vertical_alignment="center", key="slow-walk"):
        st.button(
            "Back",
            key="slow_back",
            icon=":material/arrow_back:",
            disabled=index == 0,
            on_click=put,
            args=("slow_stage", titles[max(index - 1, 0)]),
        )
        st.button(
            "Next",
            key="slow_next",
            icon=":material/arrow_forward:",
            disabled=index == last,
            on_click=put,
            args=("slow_stage", titles[min(index + 1, last)]),
            type="primary",
        )
        st.selectbox("Stage", titles, key="slow_stage", label_visibility="collapsed", width=260)
    return index


def _show(stage: Stage, index: int, count: int, step: Explained, run: Run) -> None:
    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        st.markdown(f"**{index + 1} of {count} · {stage.title}**", help=help_for(stage.term))
        st.latex(stage.formula)
        st.markdown(stage.words)
        st.code(line_of_listing(run.config, stage.line), language=None, wrap_lines=True)
        st.caption("The line in the listing under Show the code.")
    with right, st.container(key="slow-picture"):
        stage.draw(step)
