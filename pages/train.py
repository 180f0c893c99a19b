"""Train: choose a recipe, press Train, watch it learn."""

import streamlit as st

from vaelab.data import DATASETS
from vaelab.ui.recipe import form as forms
from vaelab.ui.recipe.dials import moving_dials, next_run_dials
from vaelab.ui.recipe.example import before_the_start, shown_run
from vaelab.ui.recipe.recipes import preset_caption, recipe_cards
from vaelab.ui.recipe.share import share
from vaelab.ui.recipe.show_code import show_code
from vaelab.ui.recipe.untrained import not_yet_trained
from vaelab.ui.session import (
    OPEN_SEED,
    engine,
    fill_form,
    follow_run_link,
    parameter,
    plain,
    restore_form,
    visit,
)
from vaelab.ui.session.recipe import preset_now, read_form
from vaelab.ui.session.recipe_link import followed_link, write_link
from vaelab.ui.slow_motion.panel import slow_motion_panel
from vaelab.ui.train.controls import control_row, start_if_asked
from vaelab.ui.train.live import watch

engine()  # the first visit starts it, so that a worker is warm when Train is pressed

linked, problems = followed_link()
if linked is not None:
    fill_form(linked)
    visit().link_problems = list(problems.values())
if (start := visit().start_asked) is not None:
    fill_form(start.config)
restore_form()
refused = follow_run_link()

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Train an autoencoder", width="content")
    head_buttons = st.container(width="content", horizontal=True)
for sentence in [*visit().link_problems, *([refused] if refused else [])]:
    st.warning(plain(sentence))

with st.container(key="recipe-fields"):
    recipe_cards()
    st.caption(preset_caption())
    for column, draw in zip(st.columns(2, gap="large"), (moving_dials, next_run_dials), strict=True):
        with column:
            draw()
if parameter("seed") == OPEN_SEED:
    st.caption(f"This link leaves the seed open: **{visit().recipe.seed}** is yours, others have another.")
with st.expander("Advanced settings", key="advanced"):
    forms.advanced()
note = st.container()
config, wrong = read_form()
for sentence in wrong.values():
    st.error(plain(sentence))

with head_buttons:
    show_code(visit().recipe)
    share(visit().recipe)
start_if_asked()
run = shown_run(preset_now())
about = before_the_start(config, DATASETS[config.dataset]) if config else ""
with note:
    not_yet_trained(run, config)
if run is None:
    control_row(config, None, None)
    st.caption(about)
else:
    watch(run, config, about)
    slow_motion_panel(run)
write_link(visit().recipe, None if run is None or run.shipped else run.id)
