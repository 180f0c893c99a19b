"""Train: choose a recipe, press Train, watch it learn."""

import streamlit as st

from vaelab.data import DATASETS
from vaelab.ui.recipe import form as forms
from vaelab.ui.recipe.dials import moving_dials, next_run_dials
from vaelab.ui.recipe.example import before_the_start, recipe_of_shown, shown_run
from vaelab.ui.recipe.recipes import recipe_cards
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
    turn_dials,
    visit,
)
from vaelab.ui.session.recipe import preset_now, read_form, take_recipe
from vaelab.ui.session.recipe_link import followed_link, write_link
from vaelab.ui.slow_motion.panel import slow_motion_panel
from vaelab.ui.train.controls import control_row, start_if_asked
from vaelab.ui.train.live import watch
from vaelab.ui.widgets.components import go_to_top

engine()  # the first visit starts it, so that a worker is warm when Train is pressed

arrives = visit().preset_base is None
linked, problems = followed_link()
if linked is not None:
    fill_form(linked)
    visit().link_problems = list(problems.values())
refused = follow_run_link()
if linked is not None and (recipe := recipe_of_shown(arrives=arrives)):
    take_recipe(recipe)
if (start := visit().start_asked) is not None:
    fill_form(start.config)
restore_form()

tools = st.container(key="page-tools", horizontal=True, gap="small")
with st.container(key="page-title"):
    st.title("Train an autoencoder", anchor=False)
for sentence in [*visit().link_problems, *([refused] if refused else [])]:
    st.warning(plain(sentence))

with st.container(key="stage", gap=None):
    with st.container(key="dials", gap="xsmall"):
        with st.container(key="recipe-fields", gap="xsmall"):
            recipe_cards()
            moving_dials()
            next_run_dials()
        with st.popover("More settings", key="advanced", icon=":material/tune:", width="stretch"):
            st.caption(before_the_start(visit().recipe, DATASETS[visit().recipe.dataset]))
            forms.advanced()
        config, wrong = read_form()
        note = st.container()
    live = st.container(key="live", gap="small")
start_if_asked()
run = shown_run(preset_now())
turn_dials(run)
with tools:
    show_code(visit().recipe)
    share(visit().recipe, run if run and run.has_model() else None)
with note:
    for sentence in wrong.values():
        st.error(plain(sentence))
    not_yet_trained(run, config)
    if parameter("seed") == OPEN_SEED:
        st.caption(f"This link leaves the seed open: **{visit().recipe.seed}** is yours.")
with live:
    if run is None:
        control_row(config, None, None)
    else:
        watch(run, config)
        slow_motion_panel(run)
go_to_top(run.id if run else "", focus=False)
write_link(visit().recipe, run.id if run and (not run.shipped or run.id == parameter("run")) else None)
