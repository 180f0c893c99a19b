"""Terms of the losses: what is measured, in which unit, and what to compare it with."""

from vaelab.teaching.glossary.entry import Entry

OBJECTIVE = (
    Entry(
        term="nat",
        also=("nats", "nats per image"),
        short="The unit of information that goes with natural logarithms; 1 nat is 1.44 bits. Losses here "
        "are in nats per image: summed over pixels and latent dimensions, averaged over images.",
        long="An event of probability 1/2 carries 0.69 nats, which is 1 bit. Summing over pixels puts "
        "reconstruction and KL on one scale, so that they can be added. Programs that average over "
        "pixels show a reconstruction loss that is 784 times smaller for MNIST, and so weigh the KL "
        "term differently.",
        formula=r"1\ \text{nat} = \frac{1}{\ln 2}\ \text{bits} \approx 1.44\ \text{bits}",
        asked=("sum or mean", "sum over pixels or average", "loss divided by 784"),
        see=("reconstruction term", "KL divergence", "rate"),
    ),
    Entry(
        term="objective",
        also=("loss", "losses", "stop_loss", "training objective", "train_objective"),
        short="The number that training makes smaller: for an AE the reconstruction term, for a VAE the "
        "reconstruction term plus beta times the KL term.",
        long="During an epoch it is averaged over steps between which the model changes, on the images "
        "it trains on; test losses are computed after the epoch, on images it never trains on. "
        "Training can be told to stop once an epoch's average is low enough. Models trained with "
        "different beta are compared on the unweighted sum instead, the negative ELBO.",
        see=("reconstruction term", "KL divergence", "beta", "ELBO"),
    ),
    Entry(
        term="reconstruction term",
        also=("recon", "reconstruction loss"),
        short="How far reconstructions are from their images, in nats per image. Smaller is better.",
        long="With mse it is the negative log-density of the pixels under a Gaussian round the "
        "decoder's output. With bce it is a cross-entropy, which for pixels that are only "
        "black or white is a negative log-likelihood too. For a VAE it is taken at a code $z$ "
        "drawn from the posterior $q$ of the image $x$; $\\mathbb{E}$ is the average over such "
        "draws, and $p(x \\mid z)$ is what the decoder describes.",
        formula=r"\mathbb{E}_{q(z \mid x)}\left[-\ln p(x \mid z)\right]",
        see=("bce", "mse", "mean image", "floor", "ELBO"),
    ),
    Entry(
        term="KL divergence",
        also=("KL", "KL term", "kl_per_dim", "Kullback-Leibler divergence"),
        short="How far the posterior of an image is from the prior, in nats: 0 if they are the same, and "
        "more the more the code says of its image.",
        long="It is measured to the prior, not to any true distribution; it is never negative, and "
        "not the same in both directions. For normal distributions it has a closed form "
        "(Kingma and Welling 2014, appendix B), in which $\\mu_j$ and $\\sigma_j$ are the "
        "posterior's mean and standard deviation in dimension $j$ of $d$, and "
        "$D_{\\mathrm{KL}}$ is the result. That it rises early in training is no fault: the "
        "codes begin to say something.",
        formula=r"D_{\mathrm{KL}} = \frac{1}{2} \sum_{j=1}^{d} \left(\mu_j^2 + \sigma_j^2 - 1 - \ln "
        r"\sigma_j^2\right)",
        see=("posterior", "prior", "rate", "posterior collapse"),
    ),
    Entry(
        term="ELBO",
        also=("negative ELBO", "neg_elbo", "evidence lower bound"),
        short="The evidence lower bound: what a VAE's log-likelihood of an image is at least. Shown is "
        "its negative, reconstruction plus KL in nats per image; smaller is better.",
        long="In the formula $p(x)$ is the likelihood of the image $x$, $\\mathbb{E}$ an average "
        "over codes $z$ drawn from the posterior $q$, $p(x \\mid z)$ what the decoder "
        "describes, $p(z)$ the prior and $D_{\\mathrm{KL}}$ the KL divergence. The two sides "
        "differ by the KL divergence from $q$ to the exact posterior. Values can be compared "
        "only on the same data and with the same reconstruction term. With bce on grey pixels "
        "the sum is called so by custom, but bounds no likelihood. An AE has no ELBO.",
        formula=r"\begin{aligned} \ln p(x) &\ge \mathbb{E}_{q(z \mid x)}\left[\ln p(x \mid z)\right] \\ "
        r"&\quad - D_{\mathrm{KL}}\left(q(z \mid x) \,\|\, p(z)\right) \end{aligned}",
        see=("reconstruction term", "KL divergence", "variational autoencoder"),
    ),
    Entry(
        term="beta",
        short="The weight of the KL term in the objective. 1 is the VAE proper; more asks for codes "
        "nearer to the prior, less for better reconstructions.",
        long="In the formula $L$ is the objective, $R$ the reconstruction term, $K$ the KL term "
        "and $\\beta$ its weight. With mse and a fixed sigma, which model is best depends on "
        "the two only through $\\beta$ times sigma squared.",
        formula=r"L = R + \beta K",
        see=("beta-VAE", "beta warm-up", "sigma"),
    ),
    Entry(
        term="beta warm-up",
        also=("beta_warmup", "KL annealing"),
        short="Beta grows from 0 to its value over the first epochs, so that the model learns to "
        "reconstruct before its codes are pulled to the prior.",
        long="It is a remedy for posterior collapse early in training (Bowman and co-authors 2016). The "
        "KL first climbs, as it costs little, and comes down later. Until the warm-up ends "
        "objectives of different epochs cannot be compared, so stopping at a loss waits for it.",
        see=("beta", "posterior collapse"),
    ),
    Entry(
        term="bce",
        also=("cross-entropy", "binary cross-entropy"),
        short="Binary cross-entropy of every pixel, summed. For grey pixels it is a convenient objective "
        "and not a likelihood, because they are not draws of black or white.",
        long="In the formula $x_i$ is pixel $i$ of the image, from 0 to 1, and $\\hat{x}_i$ that of "
        "the reconstruction. For pixels that are 0 or 1 it is the negative log-likelihood of "
        "Bernoulli draws. For a grey pixel it is least when the output equals the pixel, but "
        "even then above 0: see the floor. Loaiza-Ganem and Cunningham (2019) give the "
        "constant that would make it a likelihood.",
        formula=r"-\sum_i \left[x_i \ln \hat{x}_i + (1 - x_i) \ln (1 - \hat{x}_i)\right]",
        see=("floor", "mse", "reconstruction term"),
    ),
    Entry(
        term="mse",
        also=("mean squared error", "squared error"),
        short="The squared difference of reconstruction and image, averaged over pixels from 0 to 1. As a "
        "reconstruction term it is the negative log-density of a Gaussian, in nats per image.",
        long="The figure named mse is at the posterior's mean, and can be compared between all "
        "models of one data set. In the formula of the reconstruction term $x$ is the image, "
        "$\\hat{x}$ the decoder's output, $n$ the number of pixel values and $\\sigma$ the "
        "Gaussian's standard deviation. With its constant included, losses of different sigma "
        "can be compared.",
        formula=r"\frac{\lVert x - \hat{x} \rVert^2}{2 \sigma^2} + n \ln \sigma + \frac{n}{2} \ln 2\pi",
        see=("sigma", "density", "bce"),
    ),
    Entry(
        term="signed error",
        also=("error map",),
        short="Reconstruction minus image, pixel by pixel: above 0 where the reconstruction is too "
        "bright, below 0 where it is too dark.",
        long="The squares of these errors, averaged over pixels, are the mse of the image. Pairs of both "
        "signs side by side mean that a stroke was drawn in the wrong place.",
        see=("mse", "reconstruction"),
    ),
    Entry(
        term="strangeness",
        also=("stranger than", "anomaly score", "outlier"),
        short="How large an image's reconstruction error is among those of the test images: an image that "
        "is stranger than most is drawn again worse than most.",
        long="A model redraws well what it has learnt from, so a large error marks an image as unlike the "
        "training images. The reverse does not hold: an image put together from parts that they have may be "
        "redrawn well without being one of them, and errors grow with how much is on an image.",
        see=("mse", "reconstruction", "training and test images"),
    ),
    Entry(
        term="sigma",
        short="Standard deviation of the Gaussian behind mse: how far pixels are expected to be off. The "
        "smaller it is, the more reconstruction weighs against the KL term.",
        long="Halving it makes the squared error weigh four times as much. 'auto' keeps it near "
        "the root of the training mse while training goes on, which is the most likely value "
        "(Rybkin and co-authors 2021). In the formula $\\sigma$ is that value, $\\mathbb{E}$ "
        "the average over training images $x$ with reconstructions $\\hat{x}$, and $n$ the "
        "number of pixel values. The standard deviation of a posterior is another thing.",
        formula=r"\sigma^2 = \frac{1}{n}\, \mathbb{E} \lVert x - \hat{x} \rVert^2",
        see=("mse", "beta", "density"),
    ),
    Entry(
        term="density",
        also=("density may exceed 1", "negative loss"),
        short="Probability per unit of length. Unlike a probability it may exceed 1, and then its "
        "negative logarithm is below 0: so losses with mse can be negative.",
        long="In the formula a Gaussian of standard deviation $\\sigma$ has a density above 1 at "
        "its centre when $\\sigma$ is below 0.4. A negative loss is no fault, and smaller is "
        "still better. It has no logarithm, so such losses cannot be drawn on a logarithmic "
        "axis.",
        formula=r"\frac{1}{\sigma \sqrt{2\pi}} > 1 \iff \sigma < 0.399",
        asked=("loss below 0",),
        see=("mse", "sigma"),
    ),
    Entry(
        term="mean image",
        also=("mean_image_loss", "the mean image"),
        short="The loss of answering every test image with the average training image. A model that stays "
        "there has learned nothing of single images.",
        long="For MNIST with bce it is 205.8 nats. Training starts near it, because the decoder's last "
        "biases are set so that it first draws about the average image.",
        asked=("what is a good loss", "what is a bad loss"),
        see=("floor", "posterior collapse", "reconstruction term"),
    ),
    Entry(
        term="floor",
        also=("floor_loss", "entropy of grey pixels"),
        short="The bce that is left when every reconstruction equals its image: the entropy of the grey "
        "pixels, each read as a probability of white. No model can go below it on these images.",
        long="In the formula $x_i$ is pixel $i$ of the image, from 0 to 1. A black or white pixel adds "
        "nothing, a middle grey one 0.69 nats. For MNIST it is 45.5 nats, and how good a loss is "
        "counts from there, not from 0. With mse there is no such floor.",
        formula=r"-\sum_i \left[x_i \ln x_i + (1 - x_i) \ln (1 - x_i)\right]",
        asked=("what is a good loss", "loss does not get to 0"),
        see=("bce", "mean image"),
    ),
    Entry(
        term="reparameterisation",
        also=("reparameterization", "reparameterisation trick", "epsilon"),
        short="How training passes through a random draw: noise is drawn first, then scaled and shifted "
        "by what the encoder says.",
        long="In the formula $z$ is the code, $\\mu$ and $\\sigma$ are the posterior's mean and "
        "standard deviation, $\\varepsilon$ is the noise, $I$ the identity matrix, and $\\odot$ "
        "multiplies dimension by dimension. The noise does not depend on the network, so the "
        "gradient reaches the encoder through $\\mu$ and $\\sigma$ (Kingma and Welling 2014, "
        "section 2.4).",
        formula=r"z = \mu + \sigma \odot \varepsilon, \quad \varepsilon \sim \mathcal{N}(0, I)",
        see=("posterior", "encoder", "variational autoencoder"),
    ),
    Entry(
        term="active unit",
        also=("active units", "unused dimension", "active_units"),
        short="A latent dimension that the model uses: its code depends on the image.",
        long="In an unused dimension the posterior is the prior, whatever the image: it costs nothing "
        "and says nothing. Burda and co-authors (2016) call a dimension active if its posterior mean "
        "has a variance above 0.01 over the images, as in the formula, where $q$ is the posterior over "
        "codes $z$ of an image $x$, $\\mathbb{E}$ its mean, and Cov the variance over images. All "
        "others are unused; their KL is near 0.",
        formula=r"\operatorname{Cov}_x\left(\mathbb{E}_{q(z \mid x)}[z]\right) > 0.01",
        see=("KL divergence", "posterior collapse", "latent dimension"),
    ),
    Entry(
        term="posterior collapse",
        short="The posteriors have become the prior, in some or all latent dimensions, so that the code "
        "says nothing of the image there.",
        long="In all dimensions it shows as a KL near 0 and a reconstruction term near that of the mean "
        "image. A large beta, a large sigma or a start at which the decoder cannot yet use the "
        "codes can bring it about. Beta warm-up and a smaller beta or sigma are the usual remedies. "
        "That some of many dimensions stay unused is normal.",
        asked=("kl vanishing", "kl is 0", "kl is zero", "all images look the same"),
        see=("active unit", "beta warm-up", "mean image", "KL divergence"),
    ),
    Entry(
        term="aggregate posterior",
        also=("aggregate_variance", "aggregated posterior"),
        short="All codes together: what one gets by drawing an image, then a code from its posterior. "
        "Samples are good only if it looks like the prior.",
        long="A decoder has learned to decode where codes are, and the prior says where samples are taken. "
        "In the formula $q(z)$ is the mean, over $N$ images $x_n$, of their posteriors over codes $z$. Its "
        "variance in a dimension is the mean variance of the posteriors plus the variance of their means, "
        "and should be near 1. Hoffman and Johnson (2016) take the KL term apart into this match and the "
        "information that codes carry.",
        formula=r"q(z) = \frac{1}{N} \sum_n q(z \mid x_n)",
        see=("prior", "posterior", "KL divergence"),
    ),
    Entry(
        term="rate",
        also=("bits", "bit", "rate in bits"),
        short="A VAE's average KL term, given in bits per image: at least the information that codes "
        "carry about their images.",
        long="It is an upper bound on the mutual information of image and code, and about what it "
        "costs to send the codes to somebody who knows the prior (Alemi and co-authors 2018). "
        "In the formula $R$ is the rate, $\\mathbb{E}$ the average over images $x$, "
        "$D_{\\mathrm{KL}}$ the KL divergence, $q(z \\mid x)$ the posterior over codes $z$ and "
        "$p(z)$ the prior. An AE has none, as its codes are points.",
        formula=r"R = \frac{1}{\ln 2}\, \mathbb{E}_x \left[D_{\mathrm{KL}}\left(q(z \mid x) \,\|\, "
        r"p(z)\right)\right]",
        see=("KL divergence", "compression", "nat"),
    ),
)
