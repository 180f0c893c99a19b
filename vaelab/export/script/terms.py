"""The parts of a listing and of a notebook that depend on the reconstruction term."""

from dataclasses import dataclass


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


_BCE = r"""The reconstruction term is the cross-entropy of the $D$ pixels $x_i$, with
$\hat{x} = \operatorname{sigmoid}(\text{output})$:

$$-\log p(x \mid z) = -\sum_{i=1}^{D} x_i \log \hat{x}_i + (1 - x_i) \log (1 - \hat{x}_i).$$

For grey pixels it is no log-likelihood, but a convenient objective."""

_MSE = r"""The reconstruction term is the squared error as the negative log-density of a Gaussian with
mean $\hat{x}$ (`output`) and standard deviation $\sigma_x$ (`sigma`) for each of the $D$ pixels:

$$-\log p(x \mid z) = \frac{\lVert x - \hat{x} \rVert^2}{2 \sigma_x^2}
+ D \log \big(\sigma_x \sqrt{2 \pi}\big).$$"""

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
    "bce": TermListing(_BCE, _CROSS_ENTROPY, "torch.logit({mean}, eps=1e-3)", "functional"),
    "mse": TermListing(_MSE, _GAUSSIAN, "{mean}", "math"),
}
"""The parts by the name of the term, as in `vaelab.models.reconstructions`."""
