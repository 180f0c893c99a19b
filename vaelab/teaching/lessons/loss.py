"""Lesson 2: cross-entropy and squared error, pixel by pixel, their units, and who minimises them."""

from vaelab.config import PRESETS
from vaelab.teaching.lessons.entry import Formula, Lesson, Link, Question, Recipe, Statement

_OPTIMIZERS = PRESETS["optimizers"].config

LOSS = Lesson(
    name="loss",
    title="What the loss says",
    summary="Cross-entropy and squared error of a pixel, their units, and how optimizers bring them down.",
    text="The **reconstruction term** says how far the reconstruction is from the image, in one number. "
    "There are two in use, and their numbers cannot be compared with each other.\n\n**Squared error** is "
    "averaged over pixels and has no unit. As the negative log-density of a Gaussian it becomes **nats per "
    "image**. **Cross-entropy** takes each pixel for the probability of white, and is in nats per image "
    "from the start. One nat is 1.44 bits.",
    formulas=(
        Formula(
            latex=r"\text{mse} = \frac{1}{n} \sum_{i=1}^{n} (x_i - \hat{x}_i)^2",
            words="$n$ is the number of pixels, $x_i$ pixel $i$ of the image and $\\hat{x}_i$ the same "
            "pixel of the reconstruction, both from 0 to 1.",
        ),
        Formula(
            latex=r"-\ln p(x \mid z) = n \left(\frac{\text{mse}}{2 \sigma^2} + \ln \sigma "
            r"+ \frac{\ln 2\pi}{2}\right)",
            words="$p(x \\mid z)$ is the density of the image $x$ under a Gaussian round the "
            "reconstruction of the code $z$, $\\sigma$ its standard deviation, $n$ the number of pixels "
            "and $\\pi$ = 3.14. A density may exceed 1, so this loss may be negative.",
        ),
        Formula(
            latex=r"-\sum_{i=1}^{n} \left[x_i \ln \hat{x}_i + (1 - x_i) \ln (1 - \hat{x}_i)\right]",
            words="Cross-entropy, with $n$, $x_i$ and $\\hat{x}_i$ as above; $\\ln$ is the natural "
            "logarithm.",
        ),
    ),
    question=Question(
        ask="A pixel is middle grey, $x_i = 0.5$, and the network answers exactly 0.5. What is its "
        "cross-entropy?",
        options=("0: the answer is perfect", "0.69 nats", "infinite"),
        right=(1,),
        why="It is $\\ln 2 = 0.69$ nats. Cross-entropy is least at the right answer, but for a grey pixel "
        "even the least is above 0. All test images of MNIST together have such a **floor** of 45.5 nats "
        "per image.",
    ),
    look="Set the pixel to 0, then to 0.5, and move the answer. Squared error is 0 at the right answer and "
    "at most 1. Cross-entropy has a floor for grey pixels and grows without bound for an answer that is "
    "sure and wrong: one such pixel can weigh more than all others.",
    statements=(
        Statement(
            text="A loss of 0.03 is better than a loss of 130.",
            true=False,
            why="Not before you know the units. The first may be a squared error per pixel, the second a "
            "cross-entropy in nats per image, and both of one and the same model.",
        ),
        Statement(
            text="With cross-entropy no network can bring the loss of MNIST's grey images to 0.",
            true=True,
            why="The floor is the entropy of the pixels themselves. What is left above it is the model's.",
        ),
        Statement(
            text="Gradient descent on all images at once comes down fastest, because its gradient is exact.",
            true=False,
            why="It takes one step an epoch: after the ten epochs of the sweep below it has hardly left the "
            "mean image. SGD has taken 400 rough steps and is far below it; momentum, which keeps the "
            "direction that rough steps share, is lower; Adam, with a step size for every weight, is lowest.",
        ),
    ),
    recipes=(
        Recipe(label="SGD on 5,000 images", config=_OPTIMIZERS),
        Recipe(
            label="The same with Adam",
            config=_OPTIMIZERS.variant(optimizer="adam", learning_rate=1e-3),
        ),
        Recipe(
            label="The 2-D autoencoder with squared error",
            config=PRESETS["ae-2d"].config.variant(reconstruction="mse"),
        ),
    ),
    links=(
        Link(
            label="Sweep: gradient descent, SGD, momentum and Adam",
            page="sweep",
            config=_OPTIMIZERS.variant(epochs=10, lr_schedule="one-cycle"),
            parameters={
                "field": "optimizer",
                "values": "gd, sgd, momentum, adam",
                "seeds": "1",
                "measure": "recon",
            },
        ),
    ),
    terms=("nat", "bce", "mse", "floor", "gradient descent", "Adam"),
)
