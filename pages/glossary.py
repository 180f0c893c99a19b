"""Glossary: every term that the pages use, explained."""

import streamlit as st

from vaelab.ui.learn.glossary import glossary

st.title("Glossary", anchor=False)
st.caption(
    "Every term that these pages use, in a sentence and in more. The address of a term is a link to it."
)
glossary()
