"""The model of a listing: encoder and decoder as layers, and the way of an image through them."""

from __future__ import annotations

import math

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.export.script import words
from vaelab.export.script.section import Section, lines
from vaelab.networks.layers import Layer, network_layers
from vaelab.networks.operations import OPERATIONS


def model(config: RunConfig) -> Section:
    """Encoder and decoder, how their weights start, and the way of an image through them."""
    is_stochastic = config.traits.is_stochastic
    name = "VAE" if is_stochastic else "Autoencoder"
    encoder, decoder = network_layers(config, DATASETS[config.dataset].shape)
    code = lines(
        f"class {name}(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *_encoder(config, encoder),
        *_decoder(decoder),
        *_start(config, encoder, decoder),
        "",
        *(_VAE_FORWARD if is_stochastic else _AE_FORWARD),
        "",
        "",
        f"model = {name}().to(device)",
    )
    return Section("Model", words.VAE if is_stochastic else words.AE, code)


def _encoder(config: RunConfig, layers: list[Layer]) -> list[str]:
    """The encoder; of a VAE without its last layer, whose two halves become heads with names."""
    if not config.traits.is_stochastic:
        code_activation = [Layer("relu")] if config.code_activation == "relu" else []
        code = _with(layers[-1], outputs="latent_dim")
        return _sequence("encoder", [*layers[:-1], code, *code_activation])
    head = _with(layers[-1], outputs="latent_dim").code()
    return [
        *_sequence("encoder", layers[:-1]),
        f"        self.mean = {head}",
        f"        self.logvar = {head}  # logarithm of the variance",
    ]


def _decoder(layers: list[Layer]) -> list[str]:
    return _sequence("decoder", [_with(layers[0], inputs="latent_dim"), *layers[1:]])


def _with(layer: Layer, **attributes: str) -> Layer:
    return Layer(layer.operation, layer.attributes | attributes)


_VAE_FORWARD = (
    "    def forward(self, x):",
    "        h = self.encoder(x)",
    "        mean, logvar = self.mean(h), self.logvar(h)  # q(z|x) = N(mean, exp(logvar))",
    "        epsilon = torch.randn_like(mean)  # epsilon ~ N(0, 1)",
    "        z = mean + torch.exp(0.5 * logvar) * epsilon  # z = mu + sigma * epsilon",
    "        return self.decoder(z), mean, logvar",
)
_AE_FORWARD = (
    "    def forward(self, x):",
    "        z = self.encoder(x)",
    "        return self.decoder(z)",
)


def _sequence(name: str, layers: list[Layer]) -> list[str]:
    """A network as `nn.Sequential`, a layer and its activation on one line."""
    if len(layers) == 1:
        return [f"        self.{name} = {layers[0].code()}"]
    rows: list[str] = []
    for layer in layers:
        if layer.is_activation and rows:
            rows[-1] += f" {layer.code()},"
        else:
            rows.append(f"            {layer.code()},")
    return [f"        self.{name} = nn.Sequential(", *rows, "        )"]


def _start(config: RunConfig, encoder: list[Layer], decoder: list[Layer]) -> list[str]:
    """How weights start; the decoder's last bias at the mean of every pixel, or of every channel."""
    weighed = {
        layer.operation: layer.code().split("(")[0]
        for layer in (*encoder, *decoder)
        if len(layer.tensors().get("weight", ())) > 1
    }
    found = [weighed[operation] for operation in OPERATIONS if operation in weighed]
    kinds = found[0] if len(found) == 1 else f"({', '.join(found)})"
    last = max(place for place, layer in enumerate(decoder) if layer.tensors())
    dense = decoder[last].tensors()["bias"] == (math.prod(DATASETS[config.dataset].shape),)
    of = "image" if dense else "brightness"
    start = "x_train.mean(0).flatten()" if dense else "x_train.mean((0, 2, 3))"
    if not config.term.has_sigma:
        start = f"torch.logit({start}, eps=1e-3)"
    return [
        "        # Weights start uniform and so that signals keep their size (Glorot and Bengio 2010).",
        "        for layer in self.modules():",
        f"            if isinstance(layer, {kinds}):",
        "                nn.init.xavier_uniform_(layer.weight)",
        "                nn.init.zeros_(layer.bias)",
        f"        # So the first output is near the mean {of}, which then need not be learned.",
        f"        self.decoder[{last - len(decoder)}].bias.data = {start}",
    ]
