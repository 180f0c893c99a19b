"""Waiting for runs: the browser asks for their standing, and the script runs when that has changed.

This is for runs that do not train. An answer takes the server a millisecond or two, drawing a page thirty.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from vaelab.runs import Run
from vaelab.ui.session import standing_of_all, words_of
from vaelab.ui.session.standing import MOST, PATH
from vaelab.ui.web.addresses import lab_path
from vaelab.ui.widgets.components import component, rerun_only


def wait_for(runs: Sequence[Run], *, key: str, name: str = "") -> None:
    """Run the script, or the fragment that calls this, again when the standing of one of the runs changes.

    Parameters
    ----------
    runs: the runs to wait for. Without any, nothing is drawn.
    key: Streamlit's key of the element.
    name: the name of a single run, to be shown with its place in the queue; empty to show nothing.
    """
    awaited = runs[:MOST]
    if not awaited:
        return
    query = urlencode({"runs": ",".join(run.id for run in awaited)})
    component("waiting")(
        key=key,
        height="content",
        data={
            "address": f"{lab_path()}/{PATH}?{query}",
            "standing": standing_of_all(awaited),
            "name": name,
            "words": words_of(awaited[0]) if name else "",
        },
        on_changed_change=rerun_only,
    )
