"""The parts of a listing that depend on the kind of model: its forward pass and its KL term."""

from dataclasses import dataclass

from vaelab.export.script import words


@dataclass(frozen=True)
class PosteriorListing:
    """The parts of a listing for one kind of model; code is in templates that `section` fills."""

    name: str
    """Name of the model's class."""
    words: str
    """Text beside the model in a notebook."""
    forward: str
    """Template of the method `forward`, with the names of the lines that slow motion shows."""
    outputs: str
    """Names of what `forward` returns; the first is `output`."""
    kl: str = ""
    """Template of the function `kl_divergence`; this and the next three are empty without a KL term."""
    kl_call: str = ""
    """Expression that calls the function."""
    objective_words: str = ""
    kl_words: str = ""


_POINT = """\
               |
               |     def forward(self, x):
@hidden @code  |         z = self.encoder(x)
@output        |         return self.decoder(z)
"""

_GAUSSIAN = """\
               |
               |     def forward(self, x):
@hidden        |         h = self.encoder(x)
@posterior     |         mean, logvar = self.mean(h), self.logvar(h)  # q(z|x) = N(mean, exp(logvar))
@epsilon       |         epsilon = torch.randn_like(mean)  # epsilon ~ N(0, 1)
@code          |         z = mean + torch.exp(0.5 * logvar) * epsilon  # z = mu + sigma * epsilon
@output        |         return self.decoder(z), mean, logvar
"""

_KL_TO_UNIT_NORMAL = '''\
 |
 |
 | def kl_divergence(mean, logvar):
 |     """KL(q(z|x) || N(0, I)) = sum over dimensions of (mu^2 + sigma^2 - 1 - log sigma^2) / 2."""
 |     return 0.5 * (mean.square() + logvar.exp() - 1 - logvar).sum(1)
'''

POSTERIORS: dict[str, PosteriorListing] = {
    "ae": PosteriorListing("Autoencoder", words.AE, _POINT, "output"),
    "vae": PosteriorListing(
        "VAE", words.VAE, _GAUSSIAN, "output, mean, logvar",
        _KL_TO_UNIT_NORMAL, "kl_divergence(mean, logvar)", words.ELBO, words.KL,
    ),
}  # fmt: skip
"""The parts by the name of the kind of model, as in `vaelab.models.posteriors`."""
