"""The parts of a listing that depend on the reconstruction term."""

from dataclasses import dataclass

from vaelab.export.script import words


@dataclass(frozen=True)
class TermListing:
    """The parts of a listing for one reconstruction term."""

    words: str
    """Text beside the loss in a notebook."""
    code: str
    """Template of the function `reconstruction(output, x)`; `pixels` is the number of pixels of an image."""
    start: str
    """Initial value of the decoder's last bias, as an expression of the `mean` of the images."""
    needs: str
    """The module that the code imports: "math" or "functional"."""


_CROSS_ENTROPY = '''\
 | def reconstruction(output, x):
 |     """Cross-entropy of an image's pixels x with sigmoid(output): -log p(x|z) if they are 0 or 1."""
 |     return F.binary_cross_entropy_with_logits(output, x, reduction="none").flatten(1).sum(1)
'''

_GAUSSIAN = '''\
 | def reconstruction(output, x):
 |     """-log p(x|z) of images x, p(x|z) = N(output, sigma^2) for each pixel."""
 |     squared = (output - x).square().flatten(1).sum(1)
 |     return squared / (2 * sigma**2) + {pixels} * math.log(sigma * math.sqrt(2 * math.pi))
'''

TERMS: dict[str, TermListing] = {
    "bce": TermListing(words.BCE, _CROSS_ENTROPY, "torch.logit({mean}, eps=1e-3)", "functional"),
    "mse": TermListing(words.MSE, _GAUSSIAN, "{mean}", "math"),
}
"""The parts by the name of the term, as in `vaelab.models.objective`."""
