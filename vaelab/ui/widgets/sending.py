"""Sending a file: a browser component for the intake, which tells the page the file's ticket.

The page takes the file with `vaelab.ui.session.intake().take(ticket, visitor(), kind)`. The ticket comes from
a browser and may be anything: another visitor's, or made up.
"""

from collections.abc import Callable

import streamlit as st

from vaelab.ui.session import visit
from vaelab.ui.web.addresses import lab_path
from vaelab.ui.web.intake import KINDS
from vaelab.ui.widgets.components import component


def send_file(
    kind: str, label: str, *, key: str, uses: int, refusal: str, on_sent: Callable[[object], None]
) -> None:
    """Show a button and an area for dropping, with progress, cancel, and a sentence for what is refused.

    Parameters
    ----------
    kind: one of `vaelab.ui.web.intake.KINDS`, of which a page has one widget at most.
    label: what the file is, for people.
    key: Streamlit's key of the element.
    uses: how many tickets the page has dealt with; the widget is ready again when this changes.
    refusal: a sentence on the last of them, if its file was of no use; shown until another is chosen.
    on_sent: called with the browser's ticket before the script runs again.
    """
    component("intake")(
        key=key,
        height="content",
        data={
            "address": f"{lab_path()}/uploads/{kind}/{visit().tab}",
            "label": label,
            "ending": KINDS[kind].ending,
            "largest": KINDS[kind].largest,
            "uses": uses,
            "refusal": refusal,
        },
        on_sent_change=lambda: on_sent(st.session_state[key]["sent"]),
    )
