"""The main script: every visit to any address runs it, and it runs the page at that address.

A folder `vaelab/ui/pages/` must never exist: a folder `pages` beside the main script switches Streamlit to
its old mode for several pages, in which a link to a page runs that page's script instead of this one. The
scripts of the pages lie in `pages/` at the root, which is beside no main script.
"""

from itertools import groupby

import streamlit as st

from vaelab.paths import ASSETS
from vaelab.ui.navigation import addresses_within
from vaelab.ui.server.warming import wait_for_early_imports
from vaelab.ui.session import page_link
from vaelab.ui.session.display import offer_to_leave, show_as_asked
from vaelab.ui.session.pages import APP_PAGES
from vaelab.ui.widgets.components import close_sidebar

# The paths are absolute because Streamlit would take relative ones from this script's folder.
scripts = {
    page: st.Page(page.script, title=page.title, url_path=page.path, default=not page.path, help=page.help)
    for page in APP_PAGES
}
# Streamlit's own list of pages is hidden: in groups it has list items outside of a list (axe-core: serious),
# and it makes a page's icon the favicon, which browsers would then fetch from Google.
current = st.navigation(list(scripts.values()), position="hidden")
st.set_page_config(page_title=f"{current.title} · VAE Lab", page_icon=ASSETS / "icon.svg", layout="wide")
st.logo(ASSETS / "logo.svg", icon_image=ASSETS / "icon.svg", size="large")
st.html(ASSETS / "page.css")
show_as_asked()
addresses = addresses_within((page.title for page in APP_PAGES), current.title)
for group, pages in groupby(APP_PAGES, key=lambda page: page.group):
    with st.sidebar.container(gap="xsmall"):
        st.caption(f"**{group}**")
        for page in pages:
            # A link of the sidebar has no parameters by itself: these keep the recipe and the run.
            page_link(scripts[page], icon=page.icon, query_params=addresses[page.title])
with st.sidebar:
    close_sidebar(current.title)
wait_for_early_imports()
current.run()
offer_to_leave()
