"""Terms of the measures: what a finished run is worth."""

from vaelab.teaching.glossary.entry import Entry

MEASURES = (
    Entry(
        term="measure",
        also=("measures", "how good is it"),
        short="A number that says what a trained model is worth, computed once on the test images after "
        "training.",
        long="No single one says all: losses say how well images are described, errors how well they are "
        "drawn again, accuracies what their codes know of the class. Losses compare runs of one data set, "
        "reconstruction term and sigma; errors and accuracies all runs of one data set. Small differences "
        "are noise: another seed shows how much.",
        asked=("what is a good loss", "how good is my model", "quality"),
        see=("ELBO", "negative log-likelihood", "mse", "linear probe", "training and test images"),
    ),
    Entry(
        term="negative log-likelihood",
        also=("NLL", "log-likelihood", "likelihood", "importance-weighted bound", "nll_gap", "posterior gap"),
        short="How surprising an image is to a VAE as a whole, in nats; smaller is better. It cannot be "
        "computed, so that an upper bound from weighted codes is shown, nearer to it than the negative ELBO.",
        long="In the formula $k$ codes $z_i$ of an image $x$ are drawn from its posterior $q$ and weighted; "
        "$p(x \\mid z)$ is what the decoder describes, $p(z)$ the prior. For $k = 1$ its average is the "
        "negative ELBO, and it never grows with $k$ (Burda and co-authors 2016, equation 8). What it gains "
        "over the negative ELBO was lost by posteriors that do not fit the decoder. With bce on grey pixels "
        "the likelihood is not normalised (Loaiza-Ganem and Cunningham 2019): numbers then compare such runs "
        "with each other only. An AE has none.",
        formula=r"-\ln \frac{1}{k} \sum_{i=1}^{k} \frac{p(x \mid z_i)\, p(z_i)}{q(z_i \mid x)}",
        see=("ELBO", "posterior", "bce"),
    ),
    Entry(
        term="nearest neighbours",
        also=("nearest neighbour", "neighbour_accuracy", "k-nearest neighbours", "kNN"),
        short="How often the class of a test image is that of most of the training images whose codes are "
        "nearest to its own.",
        long="The model never saw a class, so this says whether it put images of one class close together. "
        "Five neighbours are asked, among the codes of the same 10,000 training images for every run; for a "
        "VAE the code is the posterior mean. Always answering one of ten classes would be right for about "
        "one image in ten.",
        see=("linear probe", "latent code", "latent space"),
    ),
    Entry(
        term="linear probe",
        also=("probe", "probe_accuracy", "logistic regression"),
        short="How often a linear classifier that sees only codes tells the class of a test image: what the "
        "code says of the class in the simplest form.",
        long="It is logistic regression, fitted to the codes of 10,000 training images and their classes "
        "after training (Alain and Bengio 2017). Flat borders cannot part classes that lie round each other, "
        "where neighbours still can: so on a 2-D map it is mostly the lower of the two.",
        see=("nearest neighbours", "latent code", "latent space"),
    ),
)
