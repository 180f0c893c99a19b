"""What Train shows while a run waits for its first step: a finished run of its recipe or the nearest."""

from dataclasses import dataclass

from vaelab.runs import Run, Status, describe
from vaelab.runs.recordings import nearest_example
from vaelab.ui.session import store, waits
from vaelab.ui.session.state import recording_of


@dataclass(frozen=True)
class Meanwhile:
    """A finished run that is shown in the place of a run that has nothing to show yet."""

    example: Run
    words: str
    """What is shown, as Markdown; the run's own line says where it stands in the queue."""


def shown_meanwhile(run: Run, status: Status) -> Meanwhile | None:
    """The finished run to show while a run waits; None if the run trains, has trained, or is over.

    A recording is a run of exactly this recipe, of somebody who shares it with whoever waits.

    Parameters
    ----------
    status: the present status of the run.
    """
    if not waits(status) or status.step > 0:
        return None
    if recording := recording_of(run.config):
        return Meanwhile(recording, "**Meanwhile, a recording:** exactly this recipe, trained before.")
    example = nearest_example(store(), run.config)
    if example is None:
        return None
    return Meanwhile(example, f"**Meanwhile, a finished example:** {describe(example.config)}.")
