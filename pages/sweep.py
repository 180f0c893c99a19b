"""Sweep: train one recipe with several values of a field, and compare the results."""

import streamlit as st

from vaelab.ui.session import engine, restore_form
from vaelab.ui.sweep.link import follow_sweep_link, restore_choices, write_sweep_link
from vaelab.ui.sweep.setup import set_up
from vaelab.ui.sweep.shown import pick_sweep
from vaelab.ui.sweep.view import watch_sweep

engine()  # after a restart the queue goes on, whichever page is opened first

restore_form()
restore_choices()
sentences = follow_sweep_link()

st.title("Sweep", anchor=False)
st.caption(
    "Train one recipe with several values of a setting, each with several seeds, and see what the setting "
    "does and how much is luck."
)
for sentence in sentences:
    st.warning(sentence)
set_up()
watch_sweep(pick_sweep())
write_sweep_link()
