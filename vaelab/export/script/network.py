"""The section of a listing that defines the model: encoder, decoder and forward pass."""

import math

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.export.script.posteriors import POSTERIORS
from vaelab.export.script.section import Section, section
from vaelab.export.script.terms import TERMS
from vaelab.networks.layers import Layer, network_layers
from vaelab.networks.operations import OPERATIONS

_LAYERS = """
       | class {name}(nn.Module):
       |     def __init__(self):
       |         super().__init__()
       |         self.encoder = {encoder}
draws  |         self.mean = {head}
draws  |         self.logvar = {head}  # logarithm of the variance
       |         self.decoder = {decoder}
       |         # Weights start uniform and so that signals keep their size (Glorot and Bengio 2010).
       |         for layer in self.modules():
       |             if isinstance(layer, {kinds}):
       |                 nn.init.xavier_uniform_(layer.weight)
       |                 nn.init.zeros_(layer.bias)
       |         # So the first output is near the mean {of}, which then need not be learned.
       |         self.decoder[{last}].bias.data = {start}
"""

_MADE = """\
 |
 |
 | model = {name}().to(device)
"""


def model(config: RunConfig) -> Section:
    """Encoder and decoder, their initial weights, and the forward pass."""
    shape = DATASETS[config.dataset].shape
    encoder, decoder = network_layers(config, shape)
    posterior = POSTERIORS[config.model]
    code = _with(encoder[-1], outputs="latent_dim")
    # The two halves of the encoder's last layer become heads with names.
    ends = [] if config.traits.is_stochastic else [code]
    if ends and config.code_activation == "relu":
        ends.append(Layer("relu"))
    last = max(index for index, layer in enumerate(decoder) if layer.tensors())
    dense = decoder[last].tensors()["bias"] == (math.prod(shape),)
    mean = "x_train.mean(0).flatten()" if dense else "x_train.mean((0, 2, 3))"
    return section(
        "Model", posterior.words, _LAYERS + posterior.forward + _MADE, config,
        name=posterior.name,
        encoder=_sequence([*encoder[:-1], *ends]), head=code.code(),
        decoder=_sequence([_with(decoder[0], inputs="latent_dim"), *decoder[1:]]),
        kinds=_weighed([*encoder, *decoder]), last=last - len(decoder),
        # The decoder's last bias starts at the mean of every pixel, or of every channel.
        of="image" if dense else "brightness",
        start=TERMS[config.reconstruction].start.format(mean=mean),
    )  # fmt: skip


def _with(layer: Layer, **attributes: str) -> Layer:
    return Layer(layer.operation, layer.attributes | attributes)


def _sequence(layers: list[Layer]) -> str:
    """A network as `nn.Sequential`, a layer and its activation on one line."""
    if len(layers) == 1:
        return layers[0].code()
    rows: list[str] = []
    for layer in layers:
        if layer.is_activation and rows:
            rows[-1] += f" {layer.code()},"
        else:
            rows.append(f"            {layer.code()},")
    return "\n".join(["nn.Sequential(", *rows, "        )"])


def _weighed(layers: list[Layer]) -> str:
    """The classes of layers that have matrices or kernels, in the order of `OPERATIONS`."""
    classes = {
        layer.operation: layer.code().split("(")[0]
        for layer in layers
        if len(layer.tensors().get("weight", ())) > 1
    }
    names = [classes[operation] for operation in OPERATIONS if operation in classes]
    return names[0] if len(names) == 1 else f"({', '.join(names)})"
