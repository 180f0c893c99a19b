"""What Train shows while a run waits for its first step: a finished run of its recipe or the nearest."""

from dataclasses import dataclass

from vaelab.runs import Run, Status, describe
from vaelab.runs.recordings import nearest_example
from vaelab.ui.session import engine, store, waits
from vaelab.ui.session.state import recording_of


@dataclass(frozen=True)
class Meanwhile:
    """A finished run that is shown in the place of a run that has nothing to show yet."""

    example: Run
    words: str
    """What is shown, and where the visitor's run stands; to be read with the example, as Markdown."""


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
        return Meanwhile(
            recording, f"**Meanwhile, a recording:** exactly this recipe, trained before. {_standing(run)}"
        )
    example = nearest_example(store(), run.config)
    if example is None:
        return None
    return Meanwhile(
        example, f"**Meanwhile, a finished example:** {describe(example.config)}. {_standing(run)}"
    )


def _standing(run: Run) -> str:
    """A sentence on when the run will take the example's place."""
    place = engine().place(run)
    if place is None:
        return "Your run has not begun."
    return "Your run is next." if place == 1 else f"Your run is number {place} in the queue."
