"""Reconstructions, samples from the prior and latent grids of several runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from vaelab.config import by_dataset, kinds_with
from vaelab.data import Dataset
from vaelab.figures.kinds import kind_of
from vaelab.figures.sheets import Sheet
from vaelab.latent.planes import Plane
from vaelab.latent.walks import prior_draws
from vaelab.paths import PAGES
from vaelab.teaching.glossary import help_for
from vaelab.ui.compare.members import Member
from vaelab.ui.compare.planes import columns_of
from vaelab.ui.explore.controls import grid_lines
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.results import BY_VERSION, grid_sheet
from vaelab.ui.session import page_link
from vaelab.ui.widgets.components import pictures
from vaelab.words import capitalized

COLUMNS = 10
"""Test images in a row: as many as a phone shows."""
SAMPLES = 30
CELLS = 12
"""Images per side of a grid."""

WALKS = PAGES / "walks.py"

NO_PRIOR = (
    "{subject} has no prior: nothing says which codes stand for images, so there is nothing to draw from. "
    "Walks can draw from a mixture of normal distributions that is fitted to its codes afterwards."
)

Reconstructed = tuple[Member, np.ndarray]
"""A run with its reconstructions (n, ...)."""


def show_reconstructions(
    number: int, rows: Sequence[Reconstructed], data: Dataset, indices: np.ndarray, **progress: Any
) -> None:
    """Draw test images over the reconstructions of each run, with its error; ten images per sheet.

    Parameters
    ----------
    number
        Number of the data set on the page, for Streamlit's key.
    rows
        Runs of one data set, each with its reconstructions of the images of these indices.
    progress
        The arguments `state` and `step` of `pictures`.
    """
    parts = [slice(start, start + COLUMNS) for start in range(0, len(indices), COLUMNS)]
    pictures(
        [_sheet([(member, images[part]) for member, images in rows], data, indices[part]) for part in parts],
        key=f"compare_reconstructions_{number}",
        file_name=f"compare-reconstructions-{data.spec.name}.png",
        max_scale=2.5,
        **progress,
    )


def _sheet(rows: Sequence[Reconstructed], data: Dataset, indices: np.ndarray) -> Sheet:
    images, kind = data.x_test[indices], data.spec.kind
    labels = tuple(data.spec.classes[label] for label in data.y_test[indices])
    return kind_of(data.spec).sheet(
        np.concatenate([images, *(reconstructions for _, reconstructions in rows)]),
        len(labels),
        "",
        f"Test images of {', '.join(labels)} over the reconstructions of "
        + ", ".join(member.name for member, _ in rows),
        labels if max(map(len, labels)) <= 3 else None,
        (
            kind.one,
            *(
                f"{member.letter} {kind.squared_errors(images, decoded).mean():.4f}"
                for member, decoded in rows
            ),
        ),
    )


def reconstructions_section(opened: Sequence[tuple[Member, Opened]], index: int) -> None:
    """Draw every run's reconstructions of the chosen test image and of one image per class."""
    st.header("Reconstructions", help="\n\n".join(map(help_for, ("reconstruction", "mse"))))
    sets = by_dataset([member.run.config for member, _ in opened])
    for number, group in enumerate(sets):
        data = opened[group[0]][1].data
        first = data.first_of_each_class()
        indices = np.array([index, *first[first != index]][:COLUMNS])
        rows = [
            (member, loaded.decode(loaded.codes.mean[indices]))
            for member, loaded in (opened[index] for index in group)
        ]
        if len(sets) > 1:
            st.markdown(f"**{data.spec.title}**")
        with st.container(key=f"compare-reconstructions-{number}"):
            show_reconstructions(number, rows, data, indices)
    st.caption(
        f"The chosen test image ({index}) and the first of some classes, decoded at the posterior mean of "
        f"{kinds_with('is_stochastic')} and at the code of {kinds_with('is_stochastic', has=False)}. Beside "
        "each letter stands the squared error per pixel over them."
    )


def samples_section(opened: Sequence[tuple[Member, Opened]]) -> None:
    """Draw samples from the prior, decoded from the same codes for all VAEs of one latent dimension."""
    st.header("Samples", help=help_for("prior"))
    for column, (member, loaded) in zip(columns_of(len(opened)), opened, strict=True):
        with column, st.container(key=f"compare-samples-{member.letter}"):
            st.markdown(f"**{member.name}**")
            if loaded.traits.has_prior:
                _samples(member, loaded)
            else:
                st.caption(NO_PRIOR.format(subject=loaded.traits.subject))
                parameters = {"run": loaded.run.id, "walk": "sample"}
                page_link(WALKS, label="Samples from a mixture", query_params=parameters)
    st.caption("The same draws for every VAE of one latent dimension. Look how many pass for real images.")


def _samples(member: Member, opened: Opened) -> None:
    alt = f"Images that {member.name} decodes from {SAMPLES} draws of its prior"
    sheet = replace(_sample_sheet(opened), alt=alt)
    name = opened.file_name("samples", "png")
    pictures([sheet], key=f"compare_samples_{member.letter}", file_name=name, max_scale=2)


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=BY_VERSION)
def _sample_sheet(opened: Opened) -> Sheet:
    draws = prior_draws(SAMPLES, opened.config.latent_dim, 1.0, 0)
    return opened.renderer.sheet(opened.decode(draws), 10, "", "")


def grids_section(opened: Sequence[tuple[Member, Opened]], planes: Sequence[Plane], index: int) -> None:
    """Draw images decoded all over each plane, as on the page Latent grid."""
    st.header("Latent grids", help=help_for("latent grid"))
    for column, (member, loaded), plane in zip(columns_of(len(opened)), opened, planes, strict=True):
        with column, st.container(key=f"compare-grid-{member.letter}"):
            st.markdown(f"**{member.name}**")
            x, y = grid_lines(loaded, plane, None, CELLS)
            alt = f"Decoded images all over the plane of {member.name}"
            # A plane of two dimensions leaves nothing open, so that one cached grid serves every image.
            anchor = index if loaded.config.latent_dim > 2 else 0
            sheet = replace(grid_sheet(loaded, plane, x, y, anchor), alt=alt)
            name = loaded.file_name("latent-grid", "png")
            pictures([sheet], key=f"compare_grid_{member.letter}", file_name=name, max_scale=1.5)
    st.caption(
        f"Of {kinds_with('has_prior')}, rows and columns lie at quantiles of the prior: with two dimensions "
        "every image stands for the same share of it; with more, a grid is one plane, through the code of "
        f"the chosen image. {capitalized(kinds_with('has_prior', has=False))} has no prior: its grid covers "
        "the middle 98 % of its codes along each axis."
    )
