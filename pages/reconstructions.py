"""The page "Reconstructions"."""

import streamlit as st

st.title("Reconstructions")
