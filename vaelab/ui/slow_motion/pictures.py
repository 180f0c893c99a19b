"""What each stage of slow motion draws: the numbers of a training step, as pictures, bars and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from vaelab.figures.kinds import kind_of
from vaelab.figures.kinds.image import IMAGE
from vaelab.figures.one_step import latent_bars, layer_bars, unit_strip
from vaelab.figures.sheets import Sheet
from vaelab.ui.widgets.components import pictures, plot
from vaelab.words import counted, signed

if TYPE_CHECKING:  # PyTorch stays off the way to the page
    from vaelab.analysis.one_step import Activation, Explained

BARS, STRIP = 260, 150
"""Heights of charts in CSS pixels."""

FEW = 6
"""Largest number of latent dimensions for which a table lists the numbers."""

FILE = "one-training-step.png"
"""Name of a downloaded picture."""

MOST_MAPS = 32
"""Channels of a convolution that are shown."""


def image(step: Explained) -> None:
    """Draw the image, and the corrupted one that the encoder sees, if there is one."""
    sheets = [_sheet(step, step.x, "x", "The training image")]
    if not np.array_equal(step.x, step.seen):
        sheets.append(_sheet(step, step.seen, "as the encoder sees it", "The image as it is spoilt"))
    pictures(sheets, key="slow_pictures", max_scale=7, file_name=FILE)
    shape = " × ".join(map(str, step.x.shape))
    st.caption(f"{shape} = {counted(step.x.size, 'number')}, {step.x.mean():z.3f} on average.")


def hidden(step: Explained) -> None:
    """Draw the activations of each hidden layer of the encoder."""
    for number, layer in enumerate(step.hidden, 1):
        positive = int((layer.values > 0).sum())
        st.markdown(
            f"$h_{number}$ · `{layer.name}`: {counted(layer.values.size, 'number')}, {positive:,} above 0"
        )
        _layer(layer, number)


def _layer(layer: Activation, number: int) -> None:
    if layer.values.ndim == 1:
        plot(
            unit_strip(layer.values),
            key=f"slow_hidden_{number}",
            height=STRIP,
            alt=f"What {counted(len(layer.values), 'unit')} of {layer.name} say",
        )
        return
    maps = layer.values[:MOST_MAPS, None]
    low, high = float(maps.min()), float(maps.max())
    grey = np.rint((maps - low) / max(high - low, 1e-9) * 255).astype(np.uint8)
    sheet = IMAGE.sheet(grey, 8, "", f"The feature maps of {layer.name}")
    pictures([sheet], key=f"slow_maps_{number}", max_scale=3, file_name=FILE)


def posterior(step: Explained) -> None:
    """Draw mean and log-variance of each dimension."""
    assert step.mean is not None
    assert step.logvar is not None
    numbers = {"mean": step.mean, "logvar": step.logvar}
    _bars(numbers, "Mean and log-variance of each latent dimension")
    _table({**numbers, "standard deviation": np.exp(step.logvar / 2)})


def epsilon(step: Explained) -> None:
    """Draw the sampled numbers."""
    assert step.epsilon is not None
    _bars({"epsilon": step.epsilon}, "Epsilon in each latent dimension")
    _table({"epsilon": step.epsilon})


def code(step: Explained) -> None:
    """Draw the code; for a VAE beside the numbers that it is computed from."""
    if step.mean is None or step.logvar is None or step.epsilon is None:
        _bars({"z": step.z}, "The code")
        _table({"z": step.z})
        return
    _bars({"mean": step.mean, "z": step.z}, "The mean and the code in each latent dimension")
    _table(
        {
            "mean": step.mean,
            "standard deviation": np.exp(step.logvar / 2),
            "epsilon": step.epsilon,
            "z": step.z,
        }
    )


def reconstruction(step: Explained) -> None:
    """Draw the image and its reconstruction."""
    pictures(_pair(step), key="slow_pictures", max_scale=6, file_name=FILE)
    low, high = (signed(float(end), ".2f") for end in (step.output.min(), step.output.max()))
    st.caption(f"The decoder's output is from {low} to {high}.")


def losses(step: Explained) -> None:
    """Draw the loss terms in nats, the error of each pixel, and the KL of each dimension."""
    with st.container(horizontal=True, key="slow-losses"):
        st.metric("recon", f"{signed(step.recon, '.2f')} nats", width="content")
        if step.kl is not None:
            st.metric("KL", f"{signed(step.kl, '.2f')} nats", width="content")
        st.metric("objective", f"{signed(step.objective, '.2f')} nats", width="content")
    kind, none = step.spec.kind, step.spec.kind.examples(step.x[None][:0])
    alt = f"Reconstruction minus {kind.one}"
    error = kind_of(step.spec).with_error(none, step.x_hat - step.x, "error", alt)
    pictures([*_pair(step), error], key="slow_pictures", max_scale=4, file_name=FILE)
    st.caption("Error: blue where the reconstruction is too dark, orange where it is too bright.")
    if step.kl_per_dim is not None:
        _bars({"KL": step.kl_per_dim}, "KL of each latent dimension", "nats")


def gradients(step: Explained) -> None:
    """Draw the length of the gradient in each layer."""
    names = [gradient.name for gradient in step.gradients]
    sizes = [gradient.size for gradient in step.gradients]
    plot(
        layer_bars(names, sizes),
        key="slow_gradients",
        height=90 + 32 * len(names),
        alt="Length of the gradient in each layer",
    )
    largest = names[int(np.argmax(sizes))]
    st.caption(
        "From the encoder's first layer at the top to the decoder's last; the scale is logarithmic. It is "
        f"largest in `{largest}`. In training the gradients of a whole batch are averaged."
    )


def _pair(step: Explained) -> list[Sheet]:
    return [
        _sheet(step, step.x, "x", "The training image"),
        _sheet(step, step.x_hat, "x̂", "Its reconstruction"),
    ]


def _sheet(step: Explained, numbers: np.ndarray, title: str, alt: str) -> Sheet:
    return kind_of(step.spec).sheet(step.spec.kind.examples(numbers[None]), 1, title, alt)


def _bars(values: dict[str, np.ndarray], alt: str, unit: str = "") -> None:
    plot(latent_bars(values, unit), key=f"slow_bars_{'_'.join(values)}", height=BARS, alt=alt)


def _table(values: dict[str, np.ndarray]) -> None:
    count = len(next(iter(values.values())))
    if count <= FEW:
        columns = {name: [signed(value, ".3f") for value in numbers] for name, numbers in values.items()}
        dimensions = {"dimension": [f"z{dimension + 1}" for dimension in range(count)]}
        st.table(dimensions | columns, hide_index=True, border="horizontal")
