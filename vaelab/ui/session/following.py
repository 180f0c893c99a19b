"""Following runs: who watches them, and how often a page looks at them again."""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx

from vaelab.runs.run import Run
from vaelab.ui.session.visit import visitor
from vaelab.ui.web.presence import pace, presence


def next_look(wish: float) -> float:
    """Seconds until this page should look again at what changes: as wished, longer where many pages do."""
    context = get_script_run_ctx()
    if context is not None:
        pace().look(context.session_id)
    return pace().between(wish)


def watches(run: Run) -> None:
    """Note that the visitor follows a run; also one whose browser keeps no cookies."""
    presence().see(run.id)
    presence().see(visitor())
