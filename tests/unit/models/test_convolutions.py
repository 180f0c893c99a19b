"""Our convolutions compute what PyTorch's do, with another gradient of the bias."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from vaelab.models.convolutions import Conv2d, ConvTranspose2d, add_bias

PAIRS = {
    "conv": (Conv2d, nn.Conv2d, {}),
    "conv_transpose": (ConvTranspose2d, nn.ConvTranspose2d, {"output_padding": (1, 0)}),
}


def output_and_gradients(
    module: nn.Module, x: torch.Tensor, weights: dict[str, torch.Tensor], precision: torch.dtype
) -> list[torch.Tensor]:
    """The module's output for x, and the gradients of its mean square by x, weight and bias."""
    module.load_state_dict(weights)
    x = x.clone(memory_format=torch.preserve_format).requires_grad_()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
        output = module(x)
    assert output.dtype == precision
    output.float().square().mean().backward()
    return [output.detach().float(), x.grad, module.weight.grad, module.bias.grad]


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize("outputs", [1, 5])
@pytest.mark.parametrize("kind", PAIRS)
def test_output_and_gradients_are_those_of_pytorch(kind, outputs, layout, precision):
    own, plain, more = PAIRS[kind]
    torch.manual_seed(0)
    x = torch.randn(6, 3, 9, 12).to(memory_format=layout)
    modules = [
        cls(3, outputs, 3, stride=2, padding=1, **more).to(memory_format=layout) for cls in (own, plain)
    ]
    weights = modules[1].state_dict()
    found, wanted = (output_and_gradients(module, x, weights, precision) for module in modules)
    tolerance = 1e-5 if precision == torch.float32 else 0.02
    for ours, theirs in zip(found, wanted, strict=True):
        assert (ours - theirs).abs().max() <= tolerance * theirs.abs().max()


def test_a_bias_is_of_its_channel():
    maps = torch.zeros(2, 3, 4, 5)
    biased = add_bias(maps, torch.tensor([1.0, 2.0, 3.0]))
    assert biased.shape == maps.shape
    assert biased.is_contiguous(memory_format=torch.channels_last)
    assert all((biased[:, channel] == channel + 1).all() for channel in range(3))
