"""Lesson 1: encoder, bottleneck, decoder, and what a code of few numbers keeps."""

from vaelab.config import PRESETS
from vaelab.teaching.lessons.entry import Formula, Lesson, Link, Question, Recipe, Statement

BOTTLENECK = Lesson(
    name="bottleneck",
    title="What an autoencoder is",
    summary="Encoder, bottleneck, decoder: what is left of an image in two numbers.",
    text="An **autoencoder** is two networks trained as one. The **encoder** turns an image into a few "
    "numbers, its **code**. The **decoder** turns the code into an image again. The code is the "
    "**bottleneck**: all that the decoder learns of the image passes through it.\n\n"
    "Training asks for one thing: that the image that comes out be like the one that went in. Nobody says "
    "what the numbers of the code should mean.",
    formulas=(
        Formula(
            latex=r"z = f(x) \qquad \hat{x} = g(z)",
            words="$x$ is the image, $n$ = 784 pixels from 0 to 1. $f$ is the encoder, $z$ the code, $g$ the "
            "decoder and $\\hat{x}$ the reconstruction.",
        ),
        Formula(
            latex=r"\text{compression} = \frac{n}{d}",
            words="$n$ is how many numbers an image has and $d$, the latent dimension, how many its code "
            "has.",
        ),
    ),
    question=Question(
        ask="**PCA**, principal component analysis, is a much older way to write an image as a few numbers. "
        "It only weighs pixels and adds them up, and of all that do no more (they are called *linear*) it is "
        "the best. The autoencoder above has a code of 2 numbers, with layers between that are not linear. "
        "How many numbers does PCA need to come as close to images it has not seen?",
        options=("2, as many", "about 4", "about 8", "about 32"),
        right=(2,),
        why="The autoencoder's layers can bend: its 2 numbers place an image on a curved surface, PCA's on a "
        "plane.",
    ),
    look="Move the slider. More numbers keep more of the image, and every further one adds less. The curve "
    "also holds a warning: the autoencoder of 256 numbers, with no hidden layers and a ReLU on its code, "
    "is worse than PCA with as many. A network is not better by itself.",
    statements=(
        Statement(
            text="The code has the size of the input.",
            true=False,
            why="The reconstruction has. The code has as many numbers as the latent dimension: 2 here, "
            "against 784 of the image. A network whose code is as large as its input can learn to copy.",
        ),
        Statement(
            text="An autoencoder is trained without labels.",
            true=True,
            why="The target is the image itself. That some digits end up beside their like is found by the "
            "network, not told to it; the labels only colour our plots.",
        ),
    ),
    recipes=(
        Recipe(label="The autoencoder above, with 2 numbers", config=PRESETS["ae-2d"].config),
        Recipe(label="The same with 16 numbers", config=PRESETS["ae-2d"].config.variant(latent_dim=16)),
        Recipe(label="A linear autoencoder: does it find PCA?", config=PRESETS["linear-ae"].config),
    ),
    links=(
        Link(
            label="Sweep the latent dimension from 1 to 32",
            page="sweep",
            config=PRESETS["ae-2d"].config.variant(epochs=3),
            parameters={
                "field": "latent_dim",
                "values": "1, 2, 4, 8, 16, 32",
                "seeds": "1",
                "measure": "mse",
            },
        ),
        Link(
            label="Draw a digit and see what comes back",
            page="reconstructions",
            parameters={"run": "ae-2d", "show": "draw"},
        ),
    ),
    terms=("autoencoder", "bottleneck", "compression", "PCA"),
)
