"""What a layer list says of itself is what PyTorch makes of it."""

import pytest
import torch

from vaelab.config import PRESETS, RunConfig
from vaelab.models.autoencoder import Autoencoder
from vaelab.networks.layers import cost, network_layers

RECIPES = {
    **{name: preset.config for name, preset in PRESETS.items()},
    "deep conv": RunConfig(architecture="conv", hidden="4-8-16-32/20-10/30"),
    "linear, one code": RunConfig(hidden="none", latent_dim=1),
}


def multiplications(model: Autoencoder) -> int:
    """Counted by watching one image pass: every output of a layer costs one per weight it sees."""
    total = 0

    def count(module: torch.nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        nonlocal total
        weight = module.get_parameter("weight")
        if isinstance(module, torch.nn.ConvTranspose2d):
            total += weight.numel() * inputs[0][0, 0].numel()
        elif isinstance(module, torch.nn.Conv2d):
            total += weight.numel() * output[0, 0].numel()
        else:
            total += weight.numel()

    for module in model.modules():
        if hasattr(module, "weight"):
            module.register_forward_hook(count)
    model.decode(model.encode(torch.zeros(1, *model.shape)).mean)
    return total


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 15, 9)], ids=str)
@pytest.mark.parametrize("name", RECIPES)
def test_cost_is_what_the_model_has_and_does(name: str, shape: tuple[int, int, int]) -> None:
    config = RECIPES[name]
    encoder, decoder = network_layers(config, shape)
    costs = cost(encoder, shape), cost(decoder, (config.latent_dim,))
    model = Autoencoder(config, shape)
    assert sum(part.parameters for part in costs) == sum(weight.numel() for weight in model.parameters())
    assert sum(part.multiplications for part in costs) == multiplications(model)
