"""The main script: every visit to any address runs it, and it runs the page at that address.

A folder `vaelab/ui/pages/` must never exist: a folder `pages` beside the main script switches Streamlit to
its old way with several pages, in which a link to one of them runs its script instead of this one. The
pages lie in `pages/` at the root, which is beside no main script.
"""

from itertools import groupby

import streamlit as st

from vaelab.paths import ASSETS
from vaelab.ui.navigation import addresses_within
from vaelab.ui.session.address import page_link
from vaelab.ui.session.display import offer_to_leave, show_as_asked
from vaelab.ui.session.places import PLACES
from vaelab.ui.widgets.components import close_sidebar

# The paths are absolute because Streamlit would take relative ones from this script's folder.
pages = {
    place: st.Page(
        place.script, title=place.title, url_path=place.path, default=not place.path, help=place.help
    )
    for place in PLACES
}
# Streamlit's own list of pages has, when grouped, list items outside of a list (axe-core: serious), and it
# makes a page's icon its favicon, which browsers would then fetch from Google.
page = st.navigation(list(pages.values()), position="hidden")
st.set_page_config(page_title=f"{page.title} · VAE Lab", page_icon=ASSETS / "icon.svg", layout="wide")
st.logo(ASSETS / "logo.svg", icon_image=ASSETS / "icon.svg", size="large")
st.html(ASSETS / "page.css")
show_as_asked()
addresses = addresses_within((place.title for place in PLACES), page.title)
for group, places in groupby(PLACES, key=lambda place: place.group):
    with st.sidebar.container(gap="xsmall"):
        st.caption(f"**{group}**")
        for place in places:
            # A link of the sidebar has no parameters by itself: these carry recipe and run along.
            page_link(pages[place], icon=place.icon, query_params=addresses[place.title])
with st.sidebar:
    close_sidebar(page.title)
page.run()
offer_to_leave()
