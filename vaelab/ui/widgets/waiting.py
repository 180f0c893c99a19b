"""Pages on which nothing moves: the browser asks how runs stand, and a script runs when that has changed.

Such an answer takes the server a millisecond or two, drawing a page some thirty; and many runs may wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from vaelab.runs.run import Run
from vaelab.ui.session.standing import MOST, PATH, standing_of_all, words_of
from vaelab.ui.web.addresses import lab_path
from vaelab.ui.widgets.components import component, rerun_only


def wait_for(runs: Sequence[Run], *, key: str, name: str = "") -> None:
    """Run the script, or the fragment that this is called in, again when one of the runs stands otherwise.

    Parameters
    ----------
    runs: those that are not looked at by themselves. Without any, nothing is drawn.
    key: Streamlit's key of the element.
    name: of a single run, to be shown with its place in the queue; empty to show nothing.
    """
    followed = runs[:MOST]
    if not followed:
        return
    query = urlencode({"runs": ",".join(run.id for run in followed)})
    component("waiting")(
        key=key,
        height="content",
        data={
            "address": f"{lab_path()}/{PATH}?{query}",
            "standing": standing_of_all(followed),
            "name": name,
            "words": words_of(followed[0]) if name else "",
        },
        on_changed_change=rerun_only,
    )
