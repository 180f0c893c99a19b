"""Lesson 4: the lower bound that a VAE maximises, and its KL term, in closed form and by drawing."""

from vaelab.config import PRESETS
from vaelab.teaching.lessons.entry import Formula, Lesson, Link, Question, Recipe, Statement

ELBO = Lesson(
    name="elbo",
    title="The ELBO and the KL term",
    summary="What a VAE maximises, why its KL rises at first, and the KL computed twice.",
    text="How likely is an image under the model? That is an average over all codes, most of which explain "
    "nothing of it: it cannot be computed. A VAE maximises a **lower bound** of it instead, the **ELBO**, "
    "in which the encoder says which codes are worth looking at. Training minimises its negative: "
    "reconstruction term plus **KL term**.",
    formulas=(
        Formula(
            latex=r"\begin{aligned} \ln p(x) &\ge \mathbb{E}_q\left[\ln p(x \mid z)\right] \\ "
            r"&\quad - D_{\mathrm{KL}}\left(q(z \mid x) \,\|\, p(z)\right) \end{aligned}",
            words="$p(x)$ is the likelihood of the image $x$, $\\mathbb{E}_q$ the average over codes $z$ "
            "drawn from the posterior $q(z \\mid x)$, $p(x \\mid z)$ what the decoder describes, $p(z)$ "
            "the prior and $D_{\\mathrm{KL}}$ the KL divergence. The two sides differ by the KL divergence "
            "from $q$ to the exact posterior.",
        ),
        Formula(
            latex=r"D_{\mathrm{KL}} = \frac{1}{2} \sum_{j=1}^{d} "
            r"\left(\mu_j^2 + e^{\ell_j} - 1 - \ell_j\right)",
            words="The KL term $D_{\\mathrm{KL}}$ in closed form: $\\mu_j$ is the posterior's mean and "
            "$\\ell_j$ its log-variance in dimension $j$ of $d$, $e$ = 2.718. The prior is the unit normal.",
        ),
        Formula(
            latex=r"D_{\mathrm{KL}} \approx \frac{1}{S} \sum_{s=1}^{S} \ln \frac{q(z_s \mid x)}{p(z_s)}",
            words="The same $D_{\\mathrm{KL}}$ as a **Monte Carlo estimate**: the average, over $S$ codes "
            "$z_s$ drawn from the posterior $q$ of the image $x$, of how much likelier they are under it "
            "than under the prior $p$.",
        ),
    ),
    question=Question(
        ask="A VAE begins with random weights, and its KL is almost 0: all images have nearly the same "
        "posterior, near the prior. The KL is part of what training minimises. What does it do in the "
        "first hundred steps?",
        options=("It stays near 0", "It rises", "It falls below 0"),
        right=(1,),
        why="A KL of 0 means that codes say nothing of their images. To reconstruct, the model "
        "has to tell images apart, and each nat of KL that it spends saves many nats of reconstruction. A "
        "KL is never below 0.",
    ),
    look="Mind the axes: the reconstruction term falls by tens of nats while the KL rises by a few. That is "
    "the bargain, and it ends where a further nat of KL would save less than a nat.",
    statements=(
        Statement(
            text="The KL term is to the true distribution of the data.",
            true=False,
            why="It is from the posterior of one image, over codes, to the prior, a distribution over "
            "codes that we chose. No distribution of images stands in it.",
        ),
        Statement(
            text="The negative ELBO may exceed the negative log-likelihood.",
            true=True,
            why="It does so by the KL divergence from the encoder's posterior to the exact one, which is "
            "never below 0. Only if the two were equal would the bound be tight.",
        ),
        Statement(
            text="A Monte Carlo estimate of the KL is never below 0.",
            true=False,
            why="The KL itself never is, but a single draw may be likelier under the prior than under the "
            "posterior. Set mean and log-variance near 0 and draw a few codes: about half of the estimates "
            "are below 0.",
        ),
    ),
    recipes=(
        Recipe(label="The 2-D VAE: watch its KL rise", config=PRESETS["vae-2d"].config),
        Recipe(
            label="The same with a beta warm-up of 2 epochs",
            config=PRESETS["vae-2d"].config.variant(beta_warmup=2),
        ),
    ),
    links=(
        Link(
            label="The posteriors of test images, to scale", page="latent_space", parameters={"run": "vae-2d"}
        ),
    ),
    terms=("ELBO", "KL divergence", "posterior", "negative log-likelihood"),
)
