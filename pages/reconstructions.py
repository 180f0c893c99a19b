"""Reconstructions: test images beside what the model and PCA make of them, and where the model errs."""

import numpy as np
import streamlit as st

from vaelab.figures.sheets import Sheet
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.gifs import gif_button, pairs_drawer
from vaelab.ui.explore.kinds import kind_of
from vaelab.ui.explore.opened import Opened, open_page
from vaelab.ui.explore.reconstructed import Compared, reconstructed, reconstructed_by_pca
from vaelab.ui.session.readers import one_of, whole_number
from vaelab.ui.widgets.components import pictures, plot
from vaelab.words import counted

ORDERS = {"random": "At random", "worst": "Worst first", "best": "Best first"}
MOST_SHOWN = 60


def controls(opened: Opened) -> tuple[str, str, int, int]:
    """Draw the controls; class, order, number of images and seed."""
    settings, classes = opened.settings, opened.data.spec.classes
    seed = 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = settings.take("class", one_of(("all", *classes)), "all")
        name = st.selectbox(
            "Class", ("all", *classes), key=key, width=180, persist_state="session",
            format_func=lambda name: "All classes" if name == "all" else name,
        )  # fmt: skip
        key = settings.take("sort", one_of(tuple(ORDERS)), "random")
        order = st.selectbox(
            "Order", tuple(ORDERS), key=key, width=180, persist_state="session",
            format_func=ORDERS.__getitem__, help="Best and worst by the squared error of the model.",
        )  # fmt: skip
        key = settings.take("count", whole_number(1, MOST_SHOWN), 10)
        count = st.number_input("Images", 1, MOST_SHOWN, key=key, width=130, persist_state="session")
        if order == "random":
            key = settings.take("seed", whole_number(0, 999_999), 0)
            seed = st.number_input(
                "Seed", 0, 999_999, key=key, width=130, persist_state="session",
                help="Another number draws other images; the same one draws the same.",
            )  # fmt: skip
    return name, order, count, seed


def in_order(members: np.ndarray, errors: np.ndarray, order: str, seed: int) -> np.ndarray:
    """Indices of test images, sorted by their errors or shuffled."""
    if order == "random":
        return np.random.default_rng(seed).permutation(members)
    ranked = members[np.argsort(errors[members], kind="stable")]
    return ranked if order == "best" else ranked[::-1]


def comparison(opened: Opened, model: Compared, pca: Compared, name: str, members: np.ndarray) -> str:
    """The mean errors of both over all images of the class, in a sentence."""
    ours, theirs = model.errors[members].mean(), pca.errors[members].mean()
    images = f"{len(members):,} test images" + ("" if name == "all" else f" of class {name}")
    change = f"{abs(1 - ours / theirs):.0%}".replace("%", " %")
    return (
        f"Mean squared error per pixel over {images}: **{opened.name} {ours:.4f}**, **PCA {theirs:.4f}** "
        f"(the {opened.name}'s is {change} {'smaller' if ours < theirs else 'larger'})."
    )


def strip(opened: Opened, model: Compared, pca: Compared, index: int) -> Sheet:
    """One test image with what was made of it."""
    image, ours, name, kind = (
        opened.data.x_test[index],
        model.images[index],
        opened.name,
        opened.data.spec.kind,
    )
    title = opened.describe(index)
    return opened.drawn.with_error(
        np.stack([image, ours, pca.images[index]]),
        kind.numbers(ours) - kind.numbers(image),
        title,
        f"{title}: the {kind.one}, the {name}'s reconstruction, PCA's, and the {name}'s signed error",
        (kind.one.capitalize(), f"{name} {model.errors[index]:.4f}", f"PCA {pca.errors[index]:.4f}",
         f"{name} − {kind.one}"),
    )  # fmt: skip


def caption(opened: Opened) -> str:
    """What the pictures show and what to look for."""
    dimensions = opened.config.latent_dim
    numbers = counted(dimensions, "number")
    decoded = "the mean of its posterior" if opened.traits.is_stochastic else "its code"
    colours = opened.drawn.error_words(opened.data.spec.shape)
    return (
        f"Each image passes through {numbers}: those of the {opened.name}, decoded at {decoded}, and those"
        f" of PCA, the linear code of least squared error, fitted to all {len(opened.data.x_train):,}"
        " training images. Beside each name stands the squared error per pixel; the map shows the"
        f" {opened.name}'s errors{colours}."
        " Look what gets lost: details that give way to what is usual."
    )


def test_images(opened: Opened) -> None:
    """Test images in strips, with how large the errors are over all of them."""
    name, order, count, seed = controls(opened)
    model = reconstructed(opened)
    pca = reconstructed_by_pca(opened.data.spec.name, opened.config.latent_dim)
    labels, classes = opened.data.y_test, opened.data.spec.classes
    members = np.flatnonzero(labels == classes.index(name)) if name != "all" else np.arange(len(labels))
    sentence = comparison(opened, model, pca, name, members)
    st.markdown(sentence, help="\n\n".join(map(help_for, ("mse", "PCA"))))
    with st.container(key="reconstructions"):
        chosen = in_order(members, model.errors, order, seed)[:count].tolist()
        strips = [strip(opened, model, pca, index) for index in chosen]
        pictures(strips, key="strips", max_scale=3.5, file_name=opened.file_name("reconstructions", "png"))


opened = open_page("Reconstructions")
own = kind_of(opened.data.spec).own
views = {"test": f"Test {opened.data.spec.kind.many}"} | ({"draw": own.title} if own else {})
# A link to a drawing is one to where it is shown.
if "drawn" in opened.settings.asked:
    opened.settings.asked.setdefault("show", "draw")
shown = st.segmented_control(
    "Show",
    list(views),
    format_func=views.__getitem__,
    key=opened.settings.take("show", one_of(tuple(views)), "test"),
    required=True,
    persist_state="session",
    help="Test images that the model never learnt from, or an image that you draw, upload or paste.",
)
if own and shown == "draw":
    own.section(opened)
else:
    test_images(opened)
with st.container(width=452):
    plot(
        opened.drawn.error_legend().update_xaxes(title_standoff=14),
        key="error_legend",
        height=120,
        alt="Colours of the signed error",
    )
if shown == "test":
    st.caption(caption(opened))
    gif_button(opened, "reconstructions", pairs_drawer(opened))
opened.write_address()
