"""The page "Latent grid"."""

import streamlit as st

st.title("Latent grid")
