"""Terms of the walks through latent space, and of drawing new images."""

from vaelab.teaching.glossary.entry import Entry

WALKS = (
    Entry(
        term="latent traversal",
        also=("traversal", "traverse"),
        short="A strip of images decoded along one latent dimension, while all others stay as they are in "
        "one code. It shows what the dimension does to an image.",
        long="For a VAE the coordinate goes from -3 to 3, where almost all draws of the prior lie. An AE has "
        "no prior, so it goes from the 1st to the 99th percentile of the codes. A dimension that the model "
        "does not use changes nothing along its strip. What a strip shows may differ from one image to "
        "another.",
        see=("latent dimension", "active unit", "prior", "interpolation"),
    ),
    Entry(
        term="interpolation",
        also=("interpolate", "linear interpolation", "spherical interpolation", "slerp", "cross-fade"),
        short="Images decoded on the way from the code of one image to that of another. Mixing the pixels "
        "instead, a cross-fade, shows both images on top of each other.",
        long="The linear way is a straight line. In many dimensions draws of a VAE's prior lie in a shell "
        "far from its centre, which a straight line leaves; the spherical way keeps its distance from the "
        "centre (White 2016). In the formula of that way $a$ and $b$ are two codes of one length, "
        "$\\theta$ is the angle between them and $t$ goes from 0 to 1.",
        formula=r"\frac{\sin((1 - t)\, \theta)}{\sin \theta}\, a + \frac{\sin(t\, \theta)}{\sin \theta}\, b",
        see=("latent space", "prior", "latent arithmetic"),
    ),
    Entry(
        term="latent arithmetic",
        also=("analogy", "arithmetic"),
        short="Adding the difference of two codes to a third one, in the hope that it changes the third "
        "image as the first differs from the second.",
        long="It works only as far as a direction in latent space means the same everywhere, which nothing "
        "in the training asks for. Averages over several images with and without a property give a "
        "clearer direction than two single images.",
        see=("latent code", "interpolation"),
    ),
    Entry(
        term="temperature",
        short="A factor on the standard deviation of the prior when codes are drawn from it. Below 1, images "
        "are less varied, and 0 leaves only one; above 1 the decoder meets codes that it hardly knows.",
        long="The model was trained for draws at temperature 1, so only these follow the distribution that "
        "it has learned. In the formula $T$ is the temperature, $z$ a code, $I$ the identity matrix and $d$ "
        "the number of latent dimensions.",
        formula=r"z \sim \mathcal{N}(0,\, T^2 I_d)",
        see=("prior", "Gaussian mixture", "decoder"),
    ),
    Entry(
        term="Gaussian mixture",
        also=("mixture", "GMM", "mixture of Gaussians", "ex-post density estimation"),
        short="A density made of several normal distributions, each with a weight. Fitted to the codes after "
        "training, it can be drawn from where there is no prior, or where codes do not follow it.",
        long="So an AE can generate images too (Ghosh and co-authors 2020). In the formula $p$ is the "
        "density of codes $z$, and $w_k$, $m_k$ and $S_k$ are the weight, mean and covariance of component "
        "$k$ of $K$. It is fitted by expectation maximisation, which makes the codes as likely as it can.",
        formula=r"p(z) = \sum_{k=1}^{K} w_k\, \mathcal{N}(z;\, m_k,\, S_k)",
        see=("prior", "autoencoder", "temperature"),
    ),
)
