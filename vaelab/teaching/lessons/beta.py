"""Lesson 6: what the weight of the KL term trades."""

from vaelab.config import PRESETS
from vaelab.teaching.lessons.entry import Formula, Lesson, Link, Question, Recipe, Statement

BETA = Lesson(
    name="beta",
    title="Beta and the rate-distortion trade",
    summary="What the weight of the KL term trades, and what it does not give.",
    text="The KL term is a price: the **rate**, what a code tells of its image, in nats. The "
    "reconstruction term is the **distortion**. **Beta** says how many nats of distortion a nat of rate is "
    "worth. A large beta makes what a code tells dear, a small one makes it cheap.",
    formulas=(
        Formula(
            latex=r"L_\beta = D + \beta R",
            words="$L_\\beta$ is what is minimised, $D$ the distortion and $R$ the rate, both in "
            "nats per image, and $\\beta$ the weight.",
        ),
        Formula(
            latex=r"\beta \ge 1: \quad -L_\beta \;\le\; -L_1 \;\le\; \ln p(x)",
            words="$-L_1$ is the ELBO and $p(x)$ the likelihood of the image $x$. As $R \\ge 0$, a "
            "$\\beta$ of 1 or more makes $-L_\\beta$ smaller: still a lower bound, but a **looser** one. "
            "With $\\beta$ below 1 it is above the ELBO, and in general no bound.",
        ),
    ),
    question=Question(
        ask="A VAE has ten latent dimensions and is trained with beta 4. How many of the ten still depend "
        "on the image in the end?",
        options=("all ten", "about half", "one", "none"),
        right=(1,),
        why="A dimension costs KL as soon as it says something. Those that save less than four "
        "times that in reconstruction are left at the prior, where they cost nothing.",
    ),
    look="Go through the values of beta. From 0.1 to 1 the rate falls by five nats and the distortion "
    "hardly changes. Beyond, every nat less costs more and more. The negative ELBO, the sum of the two "
    "unweighted, is least near beta 1, as it must be: that is what beta 1 minimises.",
    statements=(
        Statement(
            text="A large beta gives each latent dimension a meaning of its own.",
            true=False,
            why="On MNIST it shows fewer active units and blur. Single dimensions may come to stand for "
            "single properties (Higgins and co-authors 2017), but nothing in the objective makes them "
            "(Locatello and co-authors 2019).",
        ),
        Statement(
            text="With beta 4 the negative of the objective is still a lower bound on the log-likelihood.",
            true=True,
            why="It is the ELBO minus three times the KL, and so below the ELBO: a valid bound, only looser.",
        ),
        Statement(
            text="With beta 0.5 it is a lower bound, too.",
            true=False,
            why="It is the ELBO plus half of the KL. That may be above the log-likelihood, so in general it "
            "bounds nothing.",
        ),
    ),
    recipes=(
        Recipe(label="Ten dimensions at beta 4", config=PRESETS["beta-vae"].config),
        Recipe(label="The same at beta 1", config=PRESETS["beta-vae"].config.variant(beta=1)),
    ),
    links=(
        Link(
            label="Sweep beta yourself",
            page="sweep",
            config=PRESETS["vae-2d"].config.variant(epochs=3),
            parameters={"field": "beta", "values": "0.1, 0.3, 1, 3, 10", "seeds": "1", "measure": "neg_elbo"},
        ),
        Link(
            label="Traverse the dimensions: what do they do?",
            page="walks",
            parameters={"run": "beta-vae", "walk": "traverse"},
        ),
    ),
    terms=("beta", "beta-VAE", "rate-distortion", "active unit"),
)
