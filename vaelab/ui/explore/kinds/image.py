"""Images on the pages: visitors draw one, and see its reconstruction and the images that are near to it."""

import math
from functools import partial

import numpy as np
import streamlit as st

from vaelab.data import Shape, placement_for
from vaelab.data.drawing import image_from_browser, image_of, text_of
from vaelab.data.kinds.image import IMAGE as IMAGES
from vaelab.data.neighbours import Neighbours, nearest_images, share_below
from vaelab.latent.view import least_span, whole_span, with_class_rows
from vaelab.networks.sizes import training_images
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.kinds.base import OwnExample, View
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.reconstructed import reconstructed
from vaelab.ui.explore.results import usual_plane
from vaelab.ui.session import dataset, put, visit
from vaelab.ui.widgets.components import pictures
from vaelab.ui.widgets.draw_pad import draw_pad
from vaelab.ui.widgets.latent_canvas import CanvasContents, latent_canvas

NOTHING = "none"
"""Text of an empty pad in a link."""

NEAREST_IMAGES = 8


def draw_section(opened: Opened) -> None:
    """Draw the pad with its live reconstruction, then the error's rank and the nearest training images."""
    shape = opened.data.spec.shape
    key, image = take_drawing(opened)
    problem, visit().draw_problem = visit().draw_problem, ""
    if problem:
        st.warning(problem)
    left, right = st.columns([2, 1], gap="medium")
    with left, st.container(key="draw"):
        draw_pad(
            opened.run, opened.newest.version, shape, image,
            key="draw_pad", file_name=opened.file_name("drawing", "png"),
            on_drawn=partial(_keep, key=key, shape=shape),
        )  # fmt: skip
    with right:
        _map(opened.newest)
    st.caption(_caption(opened), help=help_for("posterior") if opened.traits.is_stochastic else None)
    if image is not None:
        with st.container(key="drawn"):
            _strangeness(opened.newest, image)
            _neighbours(opened, image)


def take_drawing(opened: Opened) -> tuple[str, np.ndarray | None]:
    """Settle what is drawn, if anything: the key of the session's state, and the image (C, H, W)."""
    shape = opened.data.spec.shape
    key = opened.choices.take("drawn", partial(_read, shape), NOTHING)
    text = st.session_state[key]
    return key, None if text == NOTHING else image_of(text, shape)


def _map(opened: Opened) -> None:
    """Draw the test codes with the posterior of the drawing, which follows the pen."""
    plane = usual_plane(opened)
    points = plane.project(opened.codes.mean)
    seen = whole_span(points, least_span(opened.traits.has_prior))
    span = with_class_rows(seen, opened.config.latent_dim, len(opened.data.spec.classes))
    contents = CanvasContents(opened.run, opened.version, plane, span)
    latent_canvas(
        contents, key="draw_canvas", height=400, compact=True, selectable=False,
        alt="The codes of the test images by class, and among them the posterior of what is drawn.",
    )  # fmt: skip


def _read(shape: Shape, text: str) -> str:
    """Check a drawing of a link; return its text as this page writes it."""
    return NOTHING if text == NOTHING else text_of(image_of(text, shape))


def _keep(value: object, key: str, shape: Shape) -> None:
    """Take what the browser sent as the page's drawing."""
    if value is None:
        return
    try:
        image = image_from_browser(value, shape)
    except ValueError as problem:
        visit().draw_problem = str(problem)
        return
    put(key, NOTHING if image is None else text_of(image))


def _caption(opened: Opened) -> str:
    """How the image is made, and what to look for."""
    text = placement_for(opened.data.spec.name).sentence
    text += " Compare it with its reconstruction: what differs is unlike what the model has learnt."
    if opened.step is not None:
        text += " Earlier snapshots have no encoder: here the newest weights are used."
    return text


def _strangeness(opened: Opened, image: np.ndarray) -> None:
    """How large the error is among those of the test images, and what that means."""
    from vaelab.models.codes import reconstruct

    errors = reconstructed(opened).errors
    error = float(IMAGES.squared_errors(image[None], reconstruct(opened.model, image[None]))[0])
    st.markdown(
        f"**{_stranger(share_below(error, errors), len(errors))}**: its squared error per pixel is"
        f" {error:.4f}, theirs {np.median(errors):.4f} in the median.",
        help=help_for("strangeness"),
    )
    st.caption(
        "A large error says that this model has not learnt to draw such an image. A small one does not say"
        f" that yours is one of {opened.data.spec.title}'s: another image of the same parts, or one with"
        " little on it, may be drawn as well."
    )


def _stranger(share: float, count: int) -> str:
    if share == 0:
        return f"No stranger than any of the {count:,} test images"
    if share == 1:
        return f"Stranger than all {count:,} test images"
    # The percentage is rounded down, so that it never reads 100 % where some image is stranger.
    percent = math.floor(1000 * share) / 10
    return f"Stranger than {percent:.1f} % of the {count:,} test images"


def _neighbours(opened: Opened, image: np.ndarray) -> None:
    """Draw the training images that are nearest to an image (...), pixel by pixel."""
    spec, name = opened.data.spec, opened.data.spec.name
    near = _nearest(name, image)
    labels = [spec.classes[label] for label in opened.data.y_train[near.indices]]
    errors = zip(labels, near.errors, strict=True)
    columns = ("yours", *(f"{label} · {error:.3f}" for label, error in errors))
    images = np.concatenate([image[None], opened.data.x_train[near.indices]])
    sheet = opened.renderer.sheet(
        images, len(images), "Nearest training images",
        f"Your image, then the training images nearest to it, of the classes {', '.join(labels)}",
        columns, gap=2,
    )  # fmt: skip
    pictures(
        [sheet], key="neighbours", max_scale=2.7, file_name=opened.file_name("nearest-training-images", "png")
    )
    most = max(set(labels), key=labels.count)
    used = training_images(opened.config, len(opened.data.x_train))
    few = "" if used == len(opened.data.x_train) else f" (this run learnt from {used:,} of them)"
    st.caption(
        f"Class and squared difference per pixel from yours, over all {len(opened.data.x_train):,} training"
        f" images{few}; {labels.count(most)} of {len(labels)} are of class {most}. No network is asked here:"
        " look whether the reconstruction is more like yours than its nearest neighbour is."
    )


@st.cache_resource(max_entries=64, show_spinner="Looking through the training images …")
def _nearest(name: str, image: np.ndarray) -> Neighbours:
    return nearest_images(image, dataset(name).x_train, NEAREST_IMAGES)


IMAGE = View("image", OwnExample("Draw your own", draw_section, lambda opened: take_drawing(opened)[1]))
