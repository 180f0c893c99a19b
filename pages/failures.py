"""Failures: recipes that go wrong, each in its own way."""

import streamlit as st

from vaelab.ui.learn.failures import failure_cards
from vaelab.ui.session import engine, restore_form

engine()  # the first visit starts it, so that a worker is warm when a failure is trained

restore_form()
st.title("Failures", anchor=False)
st.caption(
    "What goes wrong is easier to recognise once seen. Each recipe here fails in its own way within seconds: "
    "predict how, train it, and read the hint that appears above its curves."
)
failure_cards()
