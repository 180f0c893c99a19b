"""The page "Latent space"."""

import streamlit as st

st.title("Latent space")
