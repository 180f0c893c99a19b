"""The latent planes of several runs under one cursor, which the browser moves on all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from vaelab.config import as_text, kinds_with
from vaelab.latent.planes import Plane
from vaelab.latent.view import Span
from vaelab.teaching.glossary import help_for
from vaelab.ui.compare.members import Member
from vaelab.ui.session import PageChoices, take_choice, whole_number
from vaelab.ui.widgets.latent_canvas import CanvasContents, Choice, Quantiles, SharedCursor, latent_canvas

CHANNEL = "compare"
HEIGHT = 380


@dataclass(frozen=True)
class PlaneView:
    """The plane of a run's latent space, and the part of it in view."""

    member: Member
    version: str
    """Name of the run's state, as `vaelab.ui.server.run_files` has it."""
    plane: Plane
    span: Span


def take_cursor(choices: PageChoices, count: int) -> None:
    """Settle which of `count` test images, and which relative position, the planes show at rest."""
    choices.take("anchor", whole_number(0, count - 1), 0, label="Test image")
    # In links the relative position is called "place", as it was when the first ones were sent.
    choices.take("place", _read_quantiles, None, _quantiles_text)


def chosen_image() -> int:
    """Index of the test image that all planes mark."""
    return int(st.session_state["view_anchor"])


def planes_section(views: Sequence[PlaneView | Member], *, state: str = "", step: int | None = None) -> None:
    """Draw the planes, where a click on one chooses for all; a run without codes has an empty column."""
    st.header("Latent planes", help=help_for("latent space"))
    st.caption(
        "One cursor for all planes. On a code, every plane marks the same test image and shows its own "
        "reconstruction of it. Between the codes, every plane decodes the same relative position: the "
        f"quantile of the prior along each axis of {kinds_with('has_prior')}, the share of the range of the "
        f"codes along each axis of {kinds_with('has_prior', has=False)}. The axes of two runs need not mean "
        "the same: compare the images, not the numbers. To zoom, press a plane and turn the wheel, or"
        " hold Ctrl."
    )
    for column, view in zip(columns_of(len(views)), views, strict=True):
        with column:
            if isinstance(view, Member):
                _empty(view)
            else:
                _take(_plane(view, state, step))


def columns_of(count: int) -> list[Any]:
    """A column for each run: at most three in a row, so that planes are large enough."""
    per_row = 2 if count in (2, 4) else 3
    rows = -(-count // per_row)
    return [column for _ in range(rows) for column in st.columns(per_row, gap="medium")][:count]


def _empty(member: Member) -> None:
    st.markdown(f"**{member.name}**")
    st.container(height=HEIGHT, border=False).caption("Its codes appear here with the first steps.")


def _plane(view: PlaneView, state: str, step: int | None) -> Choice | None:
    member = view.member
    st.markdown(f"**{member.name}**")
    quantiles: Quantiles | None = st.session_state["view_place"]
    index = chosen_image()
    canvas = CanvasContents(
        member.run,
        view.version,
        view.plane,
        view.span,
        anchor=index,
        chosen=None if quantiles else index,
        shared=SharedCursor(CHANNEL, quantiles),
    )
    alt = (
        f"Test codes of {member.name} by class. Arrow keys move the cursor of all planes, N goes to the "
        "nearest code, Enter keeps it."
    )
    return latent_canvas(
        canvas, key=f"compare_plane_{member.letter}", height=HEIGHT, alt=alt, state=state, step=step
    )


def _take(choice: Choice | None) -> None:
    """Keep what was chosen on a plane: a test image, or a relative position."""
    if choice and choice.index is not None:
        take_choice({"view_anchor": choice.index, "view_place": None})
    elif choice and choice.quantiles:
        take_choice({"view_place": choice.quantiles})


def _read_quantiles(text: str) -> Quantiles | None:
    if not text:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValueError("two numbers from 0 to 1 such as 0.5,0.25, or nothing")
    return x, y


def _quantiles_text(quantiles: Quantiles | None) -> str:
    # The outermost quantiles need nine digits to give the same position again.
    return ",".join(as_text(round(part, 9)) for part in quantiles) if quantiles else ""
