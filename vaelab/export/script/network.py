"""The model of a listing: encoder and decoder as layers, and the way of an image through them."""

from __future__ import annotations

from itertools import groupby

from vaelab.config.run_config import RunConfig
from vaelab.data.catalogue import DATASETS
from vaelab.export.script import words
from vaelab.export.script.section import Section, lines
from vaelab.networks.layers import Layer, network_layers

ACTIVATIONS = {
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU(0.01)",
    "gelu": "nn.GELU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
}


def model(config: RunConfig) -> Section:
    """Encoder and decoder, how their weights start, and the way of an image through them."""
    is_vae = config.model == "vae"
    name = "VAE" if is_vae else "Autoencoder"
    encoder, decoder = network_layers(config, DATASETS[config.dataset].shape)
    code = lines(
        f"class {name}(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *_encoder(config, encoder),
        *_decoder(decoder),
        *_start(config, encoder, decoder),
        "",
        *(_VAE_FORWARD if is_vae else _AE_FORWARD),
        "",
        "",
        f"model = {name}().to(device)",
    )
    return Section("Model", words.VAE if is_vae else words.AE, code)


def _encoder(config: RunConfig, layers: list[Layer]) -> list[str]:
    """The encoder; of a VAE without its last layer, whose two halves become heads with names."""
    if config.model == "ae":
        code_activation = [Layer("relu")] if config.code_activation == "relu" else []
        return _sequence("encoder", [*layers, *code_activation])
    width = layers[-1].attributes["inputs"]
    return [
        *_sequence("encoder", layers[:-1]),
        f"        self.mean = nn.Linear({width}, latent_dim)",
        f"        self.logvar = nn.Linear({width}, latent_dim)  # logarithm of the variance",
    ]


def _decoder(layers: list[Layer]) -> list[str]:
    first = Layer("linear", {**layers[0].attributes, "inputs": "latent_dim"})
    return _sequence("decoder", [first, *layers[1:]])


_KINDS = {"linear": "nn.Linear", "conv": "nn.Conv2d", "conv_transpose": "nn.ConvTranspose2d"}


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
        return [f"        self.{name} = {_written(layers[0])}"]
    parts = [(_written(layer), layer.operation in ACTIVATIONS) for layer in layers]
    rows: list[str] = []
    for is_activation, group in groupby(parts, key=lambda part: part[1]):
        for text, _ in group:
            if is_activation and rows:
                rows[-1] += f" {text},"
            else:
                rows.append(f"            {text},")
    return [f"        self.{name} = nn.Sequential(", *rows, "        )"]


def _written(layer: Layer) -> str:
    values = layer.attributes
    if layer.operation in ACTIVATIONS:
        return ACTIVATIONS[layer.operation]
    if layer.operation == "flatten":
        return "nn.Flatten()"
    if layer.operation == "reshape":
        return f"nn.Unflatten(1, {values['shape']})"
    if layer.operation == "linear":
        inputs = values["inputs"]
        return f"nn.Linear({inputs}, {'latent_dim' if 'parts' in values else values['outputs']})"
    padding = values.get("output_padding", (0, 0))
    extra = f", output_padding={padding}" if any(padding) else ""
    stride = f", stride={values['stride']}" if values["stride"] > 1 else ""
    ends = f"{values['inputs']}, {values['outputs']}, 3"
    return f"{_KINDS[layer.operation]}({ends}{stride}, padding=1{extra})"


def _start(config: RunConfig, encoder: list[Layer], decoder: list[Layer]) -> list[str]:
    """How weights start; the decoder's last bias at the mean of every pixel, or of every channel."""
    there = {layer.operation for layer in (*encoder, *decoder)}
    found = [kind for name, kind in _KINDS.items() if name in there]
    kinds = found[0] if len(found) == 1 else f"({', '.join(found)})"
    dense = decoder[-1].operation == "reshape"
    of = "image" if dense else "brightness"
    start = "x_train.mean(0).flatten()" if dense else "x_train.mean((0, 2, 3))"
    if config.reconstruction == "bce":
        start = f"torch.logit({start}, eps=1e-3)"
    return [
        "        # Weights start uniform and so that signals keep their size (Glorot and Bengio 2010).",
        "        for layer in self.modules():",
        f"            if isinstance(layer, {kinds}):",
        "                nn.init.xavier_uniform_(layer.weight)",
        "                nn.init.zeros_(layer.bias)",
        f"        # So the first output is near the mean {of}, which then need not be learned.",
        f"        self.decoder[{-2 if dense else -1}].bias.data = {start}",
    ]
