"""Reconstructions: test images beside their reconstructions by the model and by PCA, with the errors."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from vaelab.figures.sheets import Sheet
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.controls import pick_option
from vaelab.ui.explore.gifs import gif_button, pairs_drawer
from vaelab.ui.explore.kinds import kind_of
from vaelab.ui.explore.opened import Opened, open_page
from vaelab.ui.explore.reconstructed import (
    Reconstructions,
    pca_images,
    reconstructed,
    reconstructed_by_pca,
)
from vaelab.ui.session import one_of, whole_number
from vaelab.ui.widgets.components import pictures, plot
from vaelab.words import counted

ORDERS = {"random": "At random", "worst": "Worst first", "best": "Best first"}
MOST_SHOWN = 60


def controls(opened: Opened, row: DeltaGenerator) -> tuple[str, str, int, int]:
    """Choose the class, the order, the number of images and the seed, in a row."""
    choices, classes = opened.choices, ("all", *opened.data.spec.classes)
    seed = 0
    with row:
        name = st.selectbox(
            "Class",
            classes,
            key=choices.take("class", one_of(classes), "all"),
            width=180,
            persist_state="session",
            format_func=lambda name: "All classes" if name == "all" else name,
        )
        order = st.selectbox(
            "Order",
            tuple(ORDERS),
            key=choices.take("sort", one_of(tuple(ORDERS)), "random"),
            width=180,
            persist_state="session",
            format_func=ORDERS.__getitem__,
            help="Best and worst by the squared error of the model.",
        )
        key = choices.take("count", whole_number(1, MOST_SHOWN), 10)
        count = st.number_input("Images", 1, MOST_SHOWN, key=key, width=130, persist_state="session")
        if order == "random":
            seed = st.number_input(
                "Seed",
                0,
                999_999,
                key=choices.take("seed", whole_number(0, 999_999), 0),
                width=130,
                persist_state="session",
                help="Another number draws other images; the same one draws the same.",
            )
        else:
            choices.leave(("seed",), f"“Order” is “{ORDERS[order]}”")
    return name, order, count, seed


def in_order(members: np.ndarray, errors: np.ndarray, order: str, seed: int) -> np.ndarray:
    """Sort or shuffle the indices `members` of test images, by the errors (N,) of all of them."""
    if order == "random":
        return np.random.default_rng(seed).permutation(members)
    ranked = members[np.argsort(errors[members], kind="stable")]
    return ranked if order == "best" else ranked[::-1]


def comparison(
    opened: Opened, model: Reconstructions, pca: Reconstructions, name: str, members: np.ndarray
) -> str:
    """State the mean errors of the model and of PCA over all images of the class."""
    ours, theirs = model.errors[members].mean(), pca.errors[members].mean()
    images = counted(len(members), "test image") + ("" if name == "all" else f" of class {name}")
    change = f"{abs(1 - ours / theirs):.0%}".replace("%", " %")
    return (
        f"Squared error per pixel over {images}: **{opened.name} {ours:.4f}**, **PCA {theirs:.4f}** "
        f"(the {opened.name}'s is {change} {'smaller' if ours < theirs else 'larger'})."
    )


def strip(opened: Opened, model: Reconstructions, pca: Reconstructions, index: int) -> Sheet:
    """A test image, both reconstructions, and the errors of the model's."""
    image, ours = opened.data.x_test[index], model.images[index]
    name, kind, title = opened.name, opened.data.spec.kind, opened.describe(index)
    return opened.renderer.with_error(
        np.stack([image, ours, pca.images[index]]),
        kind.numbers(ours) - kind.numbers(image),
        title,
        f"{title}: the {kind.one}, the {name}'s reconstruction, PCA's, and the {name}'s signed error",
        (
            kind.one.capitalize(),
            f"{name} {model.errors[index]:.4f}",
            f"PCA {pca.errors[index]:.4f}",
            f"{name} − {kind.one}",
        ),
    )


def error_legend(opened: Opened) -> None:
    """Draw the colours of the signed errors as a bar."""
    with st.container(width=452):
        legend = opened.renderer.error_legend().update_xaxes(title_standoff=14)
        plot(legend, key="error_legend", height=88, alt="Colours of the signed error")


def caption(opened: Opened) -> str:
    """Explain what the pictures show, and what to look for."""
    numbers = counted(opened.config.latent_dim, "number")
    decoded = "the mean of its posterior" if opened.traits.is_stochastic else "its code"
    colours = opened.renderer.error_words(opened.data.spec.shape)
    return (
        f"Each image passes through {numbers}: those of the {opened.name}, decoded at {decoded}, and those"
        f" of PCA, the linear code of least squared error, fitted to {pca_images(opened.config):,} training"
        f" images, as many as the {opened.name} learns from. Beside each name stands the squared error per"
        f" pixel; the map shows the {opened.name}'s errors{colours}."
        " Look what gets lost: details that give way to what is usual."
    )


def test_images(opened: Opened, row: DeltaGenerator) -> None:
    """Draw the mean errors over all test images, and some of the images in strips."""
    name, order, count, seed = controls(opened, row)
    model = reconstructed(opened)
    pca = reconstructed_by_pca(opened.config)
    labels, classes = opened.data.y_test, opened.data.spec.classes
    members = np.flatnonzero(labels == classes.index(name)) if name != "all" else np.arange(len(labels))
    help = "\n\n".join(map(help_for, ("mse", "PCA")))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(comparison(opened, model, pca, name, members), help=help, width="content")
        error_legend(opened)
    with st.container(key="reconstructions"):
        chosen = in_order(members, model.errors, order, seed)[:count].tolist()
        strips = [strip(opened, model, pca, index) for index in chosen]
        pictures(strips, key="strips", max_scale=3.5, file_name=opened.file_name("reconstructions", "png"))


opened = open_page("Reconstructions")
own = kind_of(opened.data.spec).own
views = {"test": f"Test {opened.data.spec.kind.many}"} | ({"draw": own.title} if own else {})
# A link to a drawing opens the section that shows it.
if "drawn" in opened.choices.asked:
    opened.choices.asked.setdefault("show", "draw")
row = st.container(horizontal=True)
with row:
    help = "Test images that the model never learnt from, or an image that you draw, upload or paste."
    view = pick_option(opened.choices, "show", "Show", views, help=help)
if own and view == "draw":
    own.section(opened)
    error_legend(opened)
else:
    test_images(opened, row)
    st.caption(caption(opened))
    gif_button(opened, "reconstructions", pairs_drawer(opened))
opened.write_address()
