"""Interpolate: the path between two images, and the difference of two codes added to a third."""

import math

import numpy as np
import streamlit as st

from vaelab.latent.walks import analogy, cross_fade, linear, spherical
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.controls import pick_image, pick_option, take_image
from vaelab.ui.explore.kinds import kind_of
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.walks import CodedImage, pick_steps, show, test_image

SHELL_DIMENSIONS = 8
"""Smallest number of latent dimensions in which the shell of a unit normal is thin enough to matter.

The distance of its draws from 0 has a mean of about sqrt(d) and a standard deviation of about 0.7.
"""


def interpolate(opened: Opened) -> None:
    """Draw the tab: three images, the paths from A to B, and A minus B plus C."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = pick_image(opened, take_image(opened, "a"), "Image A", "Where the paths begin: a test image.")
        last = pick_image(opened, take_image(opened, "b", 1), "Image B", "Where the paths end: a test image.")
        steps = pick_steps(opened, "interpolation")
    role, drawing = _drawing(opened)
    a = drawing if drawing and role == "a" else test_image(opened, first)
    b = drawing if drawing and role == "b" else test_image(opened, last)
    _paths(opened, a, b, steps)
    st.markdown("## A − B + C", help=help_for("latent arithmetic"))
    help = "The test image that the difference of A and B is added to."
    third = pick_image(opened, take_image(opened, "c", _next_of_class(opened.newest, 1)), "Image C", help)
    c = drawing if drawing and role == "c" else test_image(opened, third)
    _arithmetic(opened, a, b, c)


def _drawing(opened: Opened) -> tuple[str, CodedImage | None]:
    """Offer the drawing of the page Reconstructions as A, B or C; returns its role and the drawing.

    Only the newest weights have an encoder, whose codes an earlier decoder would not understand.
    """
    own = kind_of(opened.data.spec).own
    image = own.take(opened) if own else None
    if image is None:
        return "none", None
    if opened.step is not None:
        only = "only the newest weights have an encoder"
        opened.choices.leave(("drawn_as",), only)
        st.caption(f"Your drawing is not used here, because {only}.")
        return "none", None
    from vaelab.models.codes import embed

    roles = {"none": "not used", "a": "A", "b": "B", "c": "C"}
    help = "What you drew on the Reconstructions page, in place of a test image."
    role = pick_option(opened.choices, "drawn_as", "Your drawing is", roles, help=help)
    return role, CodedImage(image, embed(opened.model, image[None]).mean[0], "your drawing")


def _paths(opened: Opened, a: CodedImage, b: CodedImage, steps: int) -> None:
    """Draw rows of images from A to B: through latent space, and pixel by pixel."""
    straight = linear(a.code, b.code, steps)
    rows = {"Latent space, linear": opened.decode(straight)}
    has_shell = opened.traits.has_prior and opened.config.latent_dim >= SHELL_DIMENSIONS
    if has_shell:
        arc = spherical(a.code, b.code, steps)
        rows["Latent space, spherical"] = opened.decode(arc)
    rows["Pixels, cross-faded"] = cross_fade(a.image, b.image, steps)
    shares = np.linspace(0, 100, steps)
    show(
        opened,
        np.concatenate(list(rows.values())),
        steps,
        key="interpolation",
        alt=f"From {a.name} to {b.name}, a row each: {', '.join(rows)}",
        column_labels=("A", *(f"{share:.0f} %" for share in shares[1:-1]), "B"),
        row_labels=tuple(rows),
        max_scale=2.5,
    )
    st.caption(
        f"A is {a.name}, B is {b.name}; the rows of latent space begin and end at their reconstructions. Look"
        " half-way, where pixels show both images at once, whether latent space draws one that is changing."
    )
    if has_shell:
        st.caption(_why_spherical(opened.config.latent_dim, straight[steps // 2], arc[steps // 2]))


def _next_of_class(opened: Opened, index: int) -> int:
    """The next test image of the class of B: A minus B plus such a C has a chance to look like A's class."""
    labels = opened.data.y_test
    members = np.flatnonzero(labels == labels[index])
    return int(members[members > index].min(initial=len(labels) - 1))


def _why_spherical(dimensions: int, straight: np.ndarray, arc: np.ndarray) -> str:
    """Explain the spherical path by the distances of both middle codes (d,) from 0."""
    lengths = (float(np.linalg.norm(middle)) for middle in (straight, arc))
    return (
        "Spherical, because in high dimensions nearly all of the prior lies in a shell:"
        f" with {dimensions}, about √{dimensions} = {math.sqrt(dimensions):.1f} from 0. A straight line cuts"
        " through the empty inside, an arc keeps its distance (White 2016): half-way the linear path is"
        " {:.1f} from 0, the spherical one {:.1f}.".format(*lengths)
    )


def _arithmetic(opened: Opened, a: CodedImage, b: CodedImage, c: CodedImage) -> None:
    """Draw A, B, C and A minus B plus C, in latent space and in pixels."""
    codes = np.stack([a.code, b.code, c.code])
    images = np.stack([a.image, b.image, c.image])
    pixels = analogy(*images.astype(np.int16)).clip(0, 255).astype(np.uint8)
    show(
        opened,
        np.stack([*opened.decode(np.stack([*codes, analogy(*codes)])), *images, pixels]),
        4,
        key="arithmetic",
        alt=f"{a.name}, minus {b.name}, plus {c.name}, and what that gives",
        column_labels=("A", "− B", "+ C", "= result"),
        row_labels=("Latent space", "Pixels"),
        max_scale=3,
    )
    st.caption(
        f"A is {a.name}, B is {b.name}, C is {c.name}. What A has and B has not is added to C: this works"
        " only as far as directions in latent space mean something, which no training asks for. Look"
        " whether the result is an image at all, and choose A and B that differ in one thing only, such as"
        " their slant."
    )
