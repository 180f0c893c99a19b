"""Terms of the models: what is between an image and its reconstruction."""

from vaelab.teaching.glossary.entry import Entry

MODELS = (
    Entry(
        term="autoencoder",
        also=("AE", "autoencoders"),
        short="A network that learns to give back its input after squeezing it through a code: the "
        "encoder makes the code, the decoder turns it into an image again.",
        long="To reconstruct many images from few numbers, it has to find what they have in "
        "common. It is trained on the reconstruction term alone, so nothing says where its "
        "codes should lie, and a code that belongs to no image may decode to anything. It has "
        "no prior, no KL term and no ELBO. Without hidden layers and with squared error, the "
        "best one spans the same subspace as PCA (Bourlard and Kamp 1988). In the formula $f$ "
        "is the encoder, $g$ the decoder, $x$ the image and $\\hat{x}$ its reconstruction.",
        formula=r"\hat{x} = g(f(x))",
        see=("encoder", "decoder", "bottleneck", "variational autoencoder"),
    ),
    Entry(
        term="variational autoencoder",
        also=("VAE", "variational autoencoders", "model"),
        short="An autoencoder that encodes an image as a normal distribution over codes instead of one "
        "code, and is trained to keep these distributions near a fixed prior.",
        long="The decoder sees a code drawn at random from that distribution, so codes near each other "
        "have to decode to similar images. Decoder and prior together are a generative model: draw "
        "a code from the prior, decode it, and you have a new image. Training maximises the ELBO, a "
        "lower bound on the log-likelihood of the images under that model (Kingma and Welling 2014; "
        "Rezende, Mohamed and Wierstra 2014).",
        see=("posterior", "prior", "ELBO", "reparameterisation", "autoencoder"),
    ),
    Entry(
        term="twins",
        also=("twin",),
        short="Two runs with the same settings and the same seed, one an AE and the other a VAE: whatever "
        "differs between them comes from the prior.",
        long="They begin with the same weights, in the encoder and in the decoder; a VAE's encoder has the "
        "outputs for the log-variance besides. They see the same images in the same order. Settings that "
        "only one of them has, such as beta, have no effect on the other.",
        see=("autoencoder", "variational autoencoder", "prior"),
    ),
    Entry(
        term="encoder",
        short="The half of the network that turns an image into its code; in a VAE, into the mean and the "
        "log-variance of a normal distribution over codes.",
        long="A VAE's encoder gives two numbers for each latent dimension: the mean, and the logarithm "
        "of the variance, which may be any number where a variance has to be above 0. Encoding an "
        "image takes one pass through the network, also for an image that training never saw.",
        see=("decoder", "posterior", "latent code"),
    ),
    Entry(
        term="decoder",
        short="The half of the network that turns a code into an image. Where a code leaves several "
        "images possible it gives their average, which looks blurry.",
        long="In a VAE it describes a distribution of images for each code, and the pictures show the "
        "mean of that distribution. A draw from it would add independent noise to every pixel, "
        "which is seldom worth looking at.",
        asked=("blurry images", "blurred", "not sharp", "smooth images"),
        see=("encoder", "reconstruction"),
    ),
    Entry(
        term="latent code",
        also=("latent", "code", "codes", "latent variable", "z"),
        short="The few numbers that stand for an image between encoder and decoder. They are called "
        "latent, which means hidden, because they are not in the data: the model invents them.",
        long="An AE gives each image one code. A VAE gives it a distribution of codes; where one point "
        "is shown for it, that is the mean. What a single number means, if anything, is for you to "
        "find out: nothing in the training gives it a name.",
        see=("latent space", "latent dimension", "posterior"),
    ),
    Entry(
        term="latent space",
        short="All the codes there could be. With two latent dimensions it is a plane, and each of its "
        "points can be decoded to an image.",
        long="A VAE is trained to put its codes where the prior has its mass, so that most codes from "
        "there decode to something sensible. An AE's codes may lie anywhere and on any scale, with "
        "gaps between them. Of more than two dimensions a flat picture shows only a part: codes "
        "that look close on it may be far apart.",
        asked=("holes", "smooth map"),
        see=("latent code", "prior", "PCA"),
    ),
    Entry(
        term="latent dimension",
        also=("latent_dim", "latent dimensions"),
        short="One of the numbers of a code, and also how many there are. More of them leave room for "
        "more detail; a VAE may leave some unused.",
        long="With enough dimensions an AE could learn to copy. In a VAE a dimension costs KL as soon as "
        "it says something of the image, so those that do not pay for themselves stay at the prior.",
        see=("bottleneck", "active unit", "compression"),
    ),
    Entry(
        term="latent grid",
        also=("quantile", "quantiles"),
        short="Images decoded at the points of a grid over two latent dimensions: a map of what the "
        "decoder draws where.",
        long="For a VAE the grid can stand at the quantiles of the prior, so that each cell stands for "
        "the same share of its draws, and cells are close together near the centre (Kingma and "
        "Welling 2014, figure 4). Evenly spaced cells keep distances as they are on the scatter "
        "plot. With more than two latent dimensions the others stay as they are in the code of a "
        "chosen image.",
        see=("latent space", "decoder", "prior"),
    ),
    Entry(
        term="bottleneck",
        short="The narrowest place of the network: all that the decoder learns of an image passes through "
        "the code.",
        long="It is what keeps an autoencoder from simply copying. In an AE it is narrow because the "
        "code has few numbers. In a VAE the randomness of the code limits what passes as well, so "
        "that even a wide code can be a narrow bottleneck.",
        see=("latent dimension", "rate", "compression"),
    ),
    Entry(
        term="posterior",
        also=("approximate posterior", "posteriors", "logvar", "log-variance"),
        short="The distribution over codes that a VAE's encoder gives for one image: a normal "
        "distribution with its own mean and standard deviation in each latent dimension.",
        long="Strictly, $q(z \\mid x)$ is an approximation: the exact posterior of a code $z$ given "
        "an image $x$ follows from decoder and prior by Bayes' rule, but cannot be computed. "
        "The encoder gives its mean $\\mu(x)$ and its standard deviation $\\sigma(x)$, and "
        "takes the dimensions as independent. An AE has no such distribution, only a point.",
        formula=r"q(z \mid x) = \mathcal{N}\left(z;\, \mu(x),\, \operatorname{diag} \sigma(x)^2\right)",
        see=("prior", "KL divergence", "posterior collapse"),
    ),
    Entry(
        term="prior",
        also=("unit normal", "samples", "prior draws"),
        short="The distribution of codes before any image is seen: here the unit normal, with mean 0 and "
        "standard deviation 1 in each dimension. New images are decoded from draws of it.",
        long="A VAE's codes of all images together follow it only roughly, and where they leave gaps its "
        "draws decode badly. In two dimensions 39 % of its draws lie within a distance of 1 from "
        "the centre, 86 % within 2 and 99 % within 3. An AE has no prior, so there is nothing to "
        "draw from. In the formula $p$ is the prior, $z$ a code and $I$ the identity matrix.",
        formula=r"p(z) = \mathcal{N}(z;\, 0,\, I)",
        asked=("generate new images", "draw new images"),
        see=("posterior", "KL divergence", "latent space"),
    ),
    Entry(
        term="reconstruction",
        also=("reconstructions",),
        short="What the decoder makes of the code of an image: what is left of the image behind the "
        "bottleneck.",
        long="Pictures show it decoded at the posterior's mean. The losses of a VAE are computed at a "
        "code drawn from the posterior, so they are somewhat worse than the pictures suggest.",
        see=("reconstruction term", "bottleneck", "PCA"),
    ),
    Entry(
        term="PCA",
        also=("principal component analysis", "principal component", "principal components", "pca_mse"),
        short="Compression with straight lines: images are projected on the few directions in which they "
        "vary most, the principal components. It is what an autoencoder has to beat.",
        long="Of all linear maps to as few numbers and back it has the least squared error on the "
        "images it was fitted to. Its components are at right angles and ordered by variance; "
        "their signs are arbitrary. It also serves to look at codes of more than two "
        "dimensions, in the plane where they vary most. In the formula $x$ is an image, "
        "$\\hat{x}$ its reconstruction, $m$ the mean image, and the columns of $W$ are the "
        "components.",
        formula=r"\hat{x} = m + W W^\top (x - m)",
        see=("reconstruction", "autoencoder"),
    ),
    Entry(
        term="denoising autoencoder",
        also=("denoising", "corruption", "corruption_strength"),
        short="An autoencoder whose input is spoilt by noise or by blacked-out pixels while the target "
        "stays clean, so that it learns to repair.",
        long="Copying the input no longer helps, so it has to learn what images look like, even with a "
        "wide code (Vincent and co-authors 2008). Only the inputs of training are corrupted: the "
        "losses on test images are for clean inputs.",
        see=("autoencoder", "bottleneck"),
    ),
    Entry(
        term="beta-VAE",
        short="A VAE whose KL term is weighted by beta. Above 1, codes are pulled closer to the prior, at "
        "the price of reconstruction.",
        long="Single dimensions may then come to stand for single properties of the images (Higgins and "
        "co-authors 2017), but nothing guarantees it. Below 1, reconstructions get better and draws "
        "from the prior worse. Only with beta 1 is the objective the negative ELBO itself.",
        see=("beta", "KL divergence", "active unit"),
    ),
    Entry(
        term="hidden layer",
        also=("hidden", "hidden layers"),
        short="A layer between the image and the code, or between the code and the image. Its width is "
        "how many numbers it gives.",
        long="Each multiplies its input by a matrix of weights, adds a bias and applies the activation. "
        "Without hidden layers the encoder is linear, and so is the decoder up to the function on "
        "its output.",
        see=("activation", "convolution", "parameter"),
    ),
    Entry(
        term="activation",
        also=("code_activation", "ReLU", "code activation"),
        short="The non-linear function applied to each number that a layer gives, such as ReLU, which "
        "turns negative numbers to 0. Without it a stack of layers could do no more than one.",
        long="On the code of an AE it limits where codes can lie: with ReLU no coordinate is negative. A "
        "VAE's means have none, because they must lie on both sides of 0 to be like the prior. In "
        "the formula $a$ is a number that a layer gives.",
        formula=r"\operatorname{ReLU}(a) = \max(0, a)",
        see=("hidden layer", "latent code"),
    ),
    Entry(
        term="convolution",
        also=("architecture", "conv", "convolutional"),
        short="A layer that looks at small neighbourhoods of pixels, with the same few weights all over "
        "the image.",
        long="It knows from the start that neighbouring pixels belong together and that a stroke may be "
        "anywhere, which a fully connected layer has to learn. It has fewer weights than such a "
        "layer and uses each of them many times. With stride 2 it halves height and width.",
        see=("hidden layer", "parameter"),
    ),
    Entry(
        term="parameter",
        also=("parameters", "weights", "weight"),
        short="A number that training adjusts: a weight or a bias of a layer.",
        long="More parameters can express more, need more memory and time for each step, and can fit the "
        "training images more closely than unseen ones. Sizes chosen beforehand, such as the latent "
        "dimension, are called hyperparameters.",
        see=("hidden layer", "gradient descent"),
    ),
    Entry(
        term="compression",
        also=("compression ratio",),
        short="How many times fewer numbers a code has than its image: 392 for 2 numbers and 784 pixels.",
        long="It counts neither bytes nor information. A pixel is kept in one byte and a number of the code "
        "in four, so that the files shrink four times less. How much the codes of a trained VAE say is "
        "its rate.",
        see=("rate", "latent dimension", "bottleneck"),
    ),
)
