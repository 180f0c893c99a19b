"""Compare: two to six runs side by side, with one cursor for all latent planes."""

import streamlit as st

from vaelab.ui.compare.live import any_active, watch
from vaelab.ui.compare.members import link_of, page_choices, pick_members
from vaelab.ui.compare.planes import take_cursor
from vaelab.ui.compare.whole import whole_comparison

# Test images that a preview has: while a run trains, one of these can be chosen.
TEST_IMAGES = 2_000

st.title("Compare", anchor=False)
choices = page_choices()
members = pick_members(choices)
if len(members) < 2:
    st.info("Choose two to six runs to compare.")
elif not any_active(members):
    whole_comparison(members, choices)
else:
    take_cursor(choices, TEST_IMAGES)
    watch(members)
choices.write(link_of(members))
