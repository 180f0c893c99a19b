"""Sample: new images, from the prior of a VAE or from a density fitted to the codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from vaelab.config import kinds_with
from vaelab.latent.walks import prior_draws
from vaelab.teaching.glossary import help_for
from vaelab.ui.explore.controls import pick_number, pick_option
from vaelab.ui.explore.opened import Opened
from vaelab.ui.explore.results import mixture
from vaelab.ui.explore.walks import show
from vaelab.ui.session import whole_number
from vaelab.ui.session.readers import real_number
from vaelab.words import counted

if TYPE_CHECKING:  # scikit-learn stays off the way to the first page
    from vaelab.latent.mixture import Mixture

SOURCES = {"prior": "Prior", "mixture": "Gaussian mixture"}

SEEDS = 1_000_000

COLUMNS = 10

HIGHEST_TEMPERATURE = 2.0


def sample(opened: Opened) -> None:
    """Draw the tab: what to draw from, how many, and the pictures."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = _pick_source(opened)
        if source == "prior":
            temperature = _pick_temperature(opened)
        else:
            opened.choices.leave(("temperature",), "it scales the prior, and a mixture is drawn from here")
        key = opened.choices.take("pictures", whole_number(1, 100), 60)
        count = st.slider("Pictures", 1, 100, key=key, width=180, persist_state="session")
        key = opened.choices.take("sample_seed", whole_number(0, SEEDS - 1), 0)
        help = "Another number draws other codes; the same one draws the same."
        seed = pick_number(key, "Seed", SEEDS, "Draw others", help)
    if source == "prior":
        codes = prior_draws(count, opened.config.latent_dim, temperature, seed)
        about = _about_prior(opened, temperature)
    else:
        try:
            fitted = mixture(opened)
        except ValueError as error:
            st.error(str(error))
            return
        codes, about = fitted.draw(count, seed), _about_mixture(opened, fitted)
    show(
        opened,
        opened.decode(codes),
        COLUMNS,
        key="samples",
        alt=f"Images decoded at {counted(count, 'code')} drawn from the {SOURCES[source]}",
        max_scale=3,
    )
    st.caption(f"Each picture is the mean of p(x given z) for one drawn code z. {about}")


def _pick_source(opened: Opened) -> str:
    choices = opened.choices
    if not opened.traits.has_prior:
        if choices.asked.get("source") == "mixture":
            choices.asked.pop("source")  # there is nothing else: such a link means what it says
        choices.leave(("source",), f"{opened.traits.phrase} has no prior to draw from, only the mixture")
        return "mixture"
    help = "\n\n".join(map(help_for, ("prior", "Gaussian mixture")))
    return pick_option(choices, "source", "Draw from", SOURCES, help=help)


def _pick_temperature(opened: Opened) -> float:
    return st.slider(
        "Temperature",
        0.0,
        HIGHEST_TEMPERATURE,
        step=0.05,
        key=opened.choices.take("temperature", real_number(0, HIGHEST_TEMPERATURE), 1.0),
        width=180,
        persist_state="session",
        help=help_for("temperature"),
    )


def _about_prior(opened: Opened, temperature: float) -> str:
    """Describe the draws from the prior, and what to look for."""
    text = (
        f"The codes are drawn from the prior with its standard deviation multiplied by {temperature:g}."
        f" {opened.traits.subject} has this density in advance: it was trained for it. "
    )
    if temperature == 0:
        return text + "At temperature 0 all are the same: what the decoder makes of the prior's mean."
    return text + (
        "Look how a lower temperature makes the pictures more alike, and where a higher one leaves the codes"
        " that the decoder knows."
    )


def _about_mixture(opened: Opened, fitted: Mixture) -> str:
    """Describe the mixture, and what it is good for."""
    count, components = len(opened.codes.mean), len(fitted.weights)
    kind = f"a mixture of {components} normal distributions" if components > 1 else "a normal distribution"
    codes, of = "posterior means" if opened.traits.is_stochastic else "codes", f"the {count:,} test images"
    if count < len(opened.newest.codes.mean):
        of = f"the first {count:,} test images, which this snapshot keeps. "
    else:
        of += ": these are at hand, and too many to be learned by heart. "
    text = f"The codes are drawn from {kind}, fitted to the {codes} of {of}"
    if opened.traits.has_prior:
        return text + (
            f"{opened.traits.subject} has a density in advance, its prior; this one follows the codes"
            " themselves (Ghosh and co-authors 2020). Look whether fewer pictures fall between"
            " the classes than with the prior."
        )
    return text + (
        f"{opened.traits.subject} has no density to draw from, but one fitted afterwards lets it generate,"
        f" too (Ghosh and co-authors 2020); {kinds_with('has_prior')} has one in advance. Look how many"
        " of these pass for real images."
    )
