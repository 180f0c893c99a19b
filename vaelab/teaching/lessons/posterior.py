"""Lesson 3: what a VAE has that a plain autoencoder lacks."""

from vaelab.config import PRESETS
from vaelab.teaching.lessons.entry import Formula, Lesson, Link, Question, Recipe, Statement

TUTORIAL = """\
# "A variational autoencoder"
encoded = Dense(256, activation="relu")(image)
decoded = Dense(784, activation="sigmoid")(encoded)

vae = Model(image, decoded)
vae.compile(optimizer="adam", loss="mse")
vae.fit(x_train, x_train, epochs=10)
"""
"""What a widespread tutorial calls a VAE."""

POSTERIOR = Lesson(
    name="posterior",
    asks_first=True,
    title="From points to distributions",
    summary="A tutorial's “VAE” that is none; mean, log-variance, epsilon, code, one number at a time.",
    text="A **variational autoencoder** encodes an image not as a point but as a **distribution** over "
    "codes, the **posterior**: a normal distribution with a mean and a variance in each latent dimension. "
    "The decoder sees a code **drawn** from it, and a **KL term** in the loss keeps it near a fixed "
    "distribution, the **prior**. So nearby codes have to decode to similar images, and there is something "
    "to draw new codes from.",
    formulas=(
        Formula(
            latex=r"q(z \mid x) = \mathcal{N}\left(z;\, \mu(x),\, \operatorname{diag} e^{\ell(x)}\right)",
            words="The posterior $q$ of the code $z$ of an image $x$. The encoder has two heads: "
            "$\\mu(x)$, the means, and $\\ell(x) = \\ln \\sigma^2(x)$, the logarithms of the variances, "
            "which may be any numbers; $e$ = 2.718. $\\mathcal{N}$ is the normal distribution, and diag says "
            "that dimensions are independent.",
        ),
        Formula(
            latex=r"z = \mu + e^{\ell / 2}\, \varepsilon \qquad \varepsilon \sim \mathcal{N}(0, 1)",
            words="In each dimension: $z$ is the code, $\\varepsilon$ is drawn from the unit normal "
            "$\\mathcal{N}(0, 1)$, $e^{\\ell / 2}$ is the standard deviation and $\\mu$ the mean. This is "
            "the **reparameterisation**: all that is random stands in $\\varepsilon$, so the gradient "
            "passes through $\\mu$ and $\\ell$ to the encoder.",
        ),
    ),
    question=Question(
        ask="The listing above is called a VAE in many a tutorial. What is missing? Choose all that is.",
        options=(
            "A head for the mean and one for the log-variance",
            "A code that is drawn at random",
            "A KL term in the loss",
            "More hidden layers",
            "Labels",
        ),
        right=(0, 1, 2),
        why="Without the two heads there is no distribution, without drawing from it the decoder never "
        "sees any code but the one point, and without the KL term nothing says where codes should lie. "
        "What is left is an autoencoder. More layers would make it a better one; labels are needed by "
        "neither.",
    ),
    look="Both copy images well, and the autoencoder copies better: it was asked for nothing else. Codes "
    "drawn from the unit normal mean nothing to its decoder, and it answers with noise. The VAE of the "
    "same size answers with strokes. They are not digits yet, because without hidden layers its decoder "
    "only adds up 256 pictures: a smaller code and layers between draw digits, as lesson 5 shows.",
    statements=(
        Statement(
            text="A VAE's encoder gives another mean each time it sees the same image.",
            true=False,
            why="Mean and log-variance are fixed by image and weights. Only epsilon, and with it the code, "
            "is drawn anew.",
        ),
        Statement(
            text="Because the code is random, no gradient reaches the encoder.",
            true=False,
            why="It does: with epsilon held, the code is an ordinary function of mean and log-variance. "
            "That is what the reparameterisation is for.",
        ),
    ),
    recipes=(
        Recipe(label="The tutorial's autoencoder", config=PRESETS["ae-256"].config),
        Recipe(label="The same size as a VAE", config=PRESETS["vae-256"].config),
    ),
    links=(
        Link(
            label="Compare both, with their losses and latent planes",
            page="compare",
            parameters={"runs": "ae-256,vae-256"},
        ),
    ),
    terms=("posterior", "prior", "reparameterisation", "variational autoencoder"),
)
