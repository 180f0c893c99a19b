"""The words of slow motion, in Markdown: those of a stage explain every symbol of its formula."""

from vaelab.config import RunConfig
from vaelab.data import DATASETS
from vaelab.networks.sizes import network_type

POSTERIOR = r"""$q(z \mid x)$ is the posterior: for the code $z$ of the image $x$, a normal distribution
$\mathcal{N}$ with mean $\mu$ (`mean`) and variances $\sigma^2$. The network gives $\log \sigma^2$
(`logvar`), which may be any number."""

EPSILON = r"""$\varepsilon$ (`epsilon`) is the chance in the step: a number a latent dimension, each
drawn from the normal distribution $\mathcal{N}$ with mean 0 and variance 1 ($I$ is the unit matrix). It
knows nothing of the image. Draw again and see what changes after it."""

CODE = r"""$z$ (`z`) is the code that is decoded: the mean $\mu$, moved by $\varepsilon$ standard
deviations $\sigma$ in each dimension ($\odot$: number by number). Gradients reach $\mu$ and $\sigma$
through it."""

POINT = "$z$ (`z`) is the code of the image $x$: a point, with no chance in it."

GRADIENT = r"""$\theta_k$ are the weights and biases of layer $k$, $\nabla_{\theta_k} L$ is the
gradient of the objective $L$ in them; the bars are its length $\lVert \cdot \rVert$. The optimizer makes a
direction $g$ of the gradients and moves all weights $\theta$ against it, by the learning rate $\eta$."""


OUTPUTS = {
    "sigmoid": (
        r"\operatorname{sigmoid}(\text{output})",
        r"The sigmoid brings each between 0 and 1: $\hat{x}$, the reconstruction.",
    ),
    "clamp": (
        r"\text{output}",
        r"They are the reconstruction $\hat{x}$; for the picture they are cut off at 0 and 1.",
    ),
}
"""The reconstruction from the decoder's output, by `TermTraits.output`: a formula, and a sentence."""

KL_TERMS = {
    "vae": (
        r"\textstyle\sum_j \tfrac{1}{2} (\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2)",
        r"$j$ counts the latent dimensions; $\mu_j$ is the mean and $\sigma_j^2$ the variance of $z_j$; ",
    ),
}
"""The KL, by the kinds of model that have one: a formula, and what its symbols mean."""


def image(config: RunConfig) -> str:
    """Explain the image."""
    words = "$x$ (`x`) is the image, $D$ the number of its pixels, each from 0 (black) to 1 (white)."
    if config.corruption != "none" and config.corruption_strength > 0:
        words += " The encoder sees it spoilt; what has to come out is the clean one."
    return words


def hidden(config: RunConfig) -> str:
    """Explain the hidden layers."""
    words = (
        "Layer $k$ takes what is before it, $h_k$, to $h_{k+1}$: by weights $W_k$, biases $b_k$ and the "
        f"activation $a$, here {config.activation}. "
    )
    if network_type(config, DATASETS[config.dataset].shape) == "convolutional":
        words += "For a convolution $W_k$ is the same at all positions of the image. "
    return words + (
        "What the last one gives is $h$ (`h`)."
        if config.traits.is_stochastic
        else "The last one leads to $z$."
    )


def objective(config: RunConfig) -> str:
    """Explain the loss."""
    words = (
        r"$L$ is the objective (`objective`) for this image, in nats. $p(x \mid z)$ is what the decoder says "
        rf"of $x$: {config.term.likelihood} "
    )
    if not config.traits.has_kl:
        return words
    weight = (
        rf"$\beta$ weighs the KL term: it rises to {config.beta:g} over the warm-up, and is that of the last "
        "step here."
        if config.beta_warmup
        else rf"$\beta = {config.beta:g}$ weighs the KL term."
    )
    return words + KL_TERMS[config.model][1] + weight
