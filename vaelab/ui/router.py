"""The main script: every visit to any address runs it, and it runs the page at that address.

A folder `vaelab/ui/pages/` must never exist: a folder `pages` beside the main script switches Streamlit to
its old mode for several pages, in which a link to a page runs that page's script instead of this one. The
scripts of the pages lie in `pages/` at the root, which is beside no main script.
"""

import streamlit as st

from vaelab.paths import ASSETS
from vaelab.ui.navigation import top_bar
from vaelab.ui.server.warming import wait_for_early_imports
from vaelab.ui.session.display import offer_to_leave, show_as_asked
from vaelab.ui.session.pages import APP_PAGES

# The paths are absolute because Streamlit would take relative ones from this script's folder.
scripts = {
    page: st.Page(
        page.script,
        title=page.title,
        url_path=page.path,
        default=not page.path,
        # The explanation of a link that stands in the bar would cover the buttons below it after each click.
        help=None if page.group == page.title else page.help,
    )
    for page in APP_PAGES
}
# Streamlit's own navigation at the top is 60 pixels high, its links lose their parameters, and it makes a
# page's icon the favicon, which browsers would then fetch from Google.
current = st.navigation(list(scripts.values()), position="hidden")
st.set_page_config(page_title=f"{current.title} · VAE Lab", page_icon=ASSETS / "icon.svg", layout="wide")
st.logo(ASSETS / "logo.svg", size="large")
on_train = current.title == "Train"
show_as_asked(on_train=on_train)
top_bar(scripts, current.title)
wait_for_early_imports()
current.run()
offer_to_leave(on_train=on_train)
