"""The run that a link means: by its id, or by the start of it, as pages show ids."""

from vaelab.runs import Run, RunNotFound
from vaelab.runs.run import SHORT_ID
from vaelab.ui.session.state import own_runs, store
from vaelab.words import counted


def linked_run(text: str) -> Run:
    """The run of exactly this id, or the one run that the visitor can see whose id starts with the text.

    A whole id opens anybody's run: whoever knows it was given it. The start of an id could be guessed, so it
    finds the visitor's own runs and the examples alone.

    Raises
    ------
    RunNotFound
        If there is no such run, or more than one; the text says so.
    RunDamaged
        If its files cannot be read.
    """
    exact = store().get_or_none(text)
    if exact:
        exact.check()
        return exact
    seen = (*own_runs(), *store().shipped_runs()) if len(text) >= SHORT_ID else ()
    matching = [run for run in seen if run.id.startswith(text)]
    if len(matching) == 1:
        matching[0].check()
        return matching[0]
    if matching:
        raise RunNotFound(
            f"The ids of {counted(len(matching), 'run')} begin with {text[:64]!r}: write more of the one "
            "that you mean."
        )
    raise RunNotFound(
        f"There is no run {text[:64]!r} on this server. It may have been deleted, or made elsewhere."
    )
