"""The dials of the form: the fields that everybody turns, in two groups, each with a word on what it is.

The value of a dial is in the session's state under its field's name, as that of every widget of the form.
"""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from vaelab.config import as_text, field_spec, why_not_in_force
from vaelab.data import DATASETS
from vaelab.events import DIALS as MOVING
from vaelab.ui.recipe.form import field, help_of
from vaelab.ui.recipe.pictures import picture_url, picture_with
from vaelab.ui.session import put, visit
from vaelab.ui.session.recipe import BOTH, dial_key, kind_now, take_kind, take_move
from vaelab.ui.session.visits import Move
from vaelab.ui.widgets.dial import Face, Picture, dial, log_stops, whole_stops


@dataclass(frozen=True)
class Dial:
    """How a field stands on a dial."""

    words: str
    """What it is, in everyday words; `{one}` is the word for an example of the data."""
    low: float
    high: float
    """Ends of the slider, with 0 below them if the field may be 0; what is typed has the field's bounds."""
    marks: tuple[float, ...] = ()
    also: tuple[int, ...] = ()
    """Values among those of the slider, besides round ones."""
    examples: tuple[tuple[float, str], ...] = ()
    """Values of which a picture shows what they do, with what to see there."""


DIALS = {
    "beta": Dial(
        "order against sharpness",
        0.01,
        100,
        marks=(1,),
        examples=(
            (0.1, "sharper images, codes leave the circles"),
            (1, "the VAE proper"),
            (10, "codes keep to the circles, blurred images"),
        ),
    ),
    "learning_rate": Dial("how long a step is", 1e-5, 1),
    "latent_dim": Dial("numbers for each {one}", 1, 256, also=(32, 64, 128)),
    "epochs": Dial("passes through the data", 1, 500),
}
"""The fields on dials by their names, in the order of the page."""

PICTURED = (
    "Three finished runs that differ in this alone: the codes of test images on the prior's circles, and "
    "what the decoder draws all over them."
)


def moving_dials() -> None:
    """Draw the dials that act while a run trains."""
    st.markdown("**Move while it trains**")
    _draw(while_training=True)


def next_run_dials() -> None:
    """Draw the data set, the dials of the next run, and the kind of model."""
    st.markdown("**For the next run**")
    field("dataset")
    _draw(while_training=False)
    kind_of_run()


def kind_of_run() -> None:
    """Draw the choice of a kind of model, or of a recipe and its twin."""
    spec = field_spec("model")
    put("kind_of_run", kind_now())
    st.segmented_control(
        spec.label,
        [*spec.choices, BOTH],
        format_func=(spec.labels | {BOTH: BOTH}).__getitem__,
        key="kind_of_run",
        required=True,
        on_change=lambda: take_kind(st.session_state.kind_of_run),
        help=f"{spec.help} With **both**, the recipe and its twin train side by side, on Compare.",
    )


def _draw(*, while_training: bool) -> None:
    for name in DIALS:
        if (name in MOVING) == while_training:
            move = visit().moves.get(name, Move())
            dial(
                face_of(name),
                st.session_state[name],
                key=dial_key(name),
                count=move.count,
                refusal=move.refusal,
                off=why_not_in_force(visit().recipe, name),
                on_moved=partial(take_move, name),
            )


def face_of(name: str) -> Face:
    """What stands on the dial of a field, for the data of the form."""
    spec, row = field_spec(name), DIALS[name]
    least, most = spec.minimum or 0, spec.maximum or 0
    if spec.kind == "integer":
        stops = whole_stops(int(row.low), int(row.high), row.also)
    else:
        stops = log_stops(row.low, row.high, row.also)
    return Face(
        label=spec.label,
        words=row.words.format(one=DATASETS[visit().recipe.dataset].kind.one),
        help=help_of(name),
        least=least,
        most=most,
        stops=(0, *stops) if least == 0 else stops,
        marks=row.marks,
        pictures=tuple(
            Picture(address, f"{as_text(value)}: {caption}", f"{spec.label} {as_text(value)}")
            for value, caption in row.examples
            if (address := picture_url(picture_with(name, value)))
        ),
        pictured=PICTURED,
    )
