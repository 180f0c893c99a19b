"""Recipes that fail, each in its own way, with a question, the answer, and the hint that explains it."""

from dataclasses import dataclass

from vaelab.config import RunConfig
from vaelab.teaching.lessons.entry import Question


@dataclass(frozen=True)
class Failure:
    """A recipe that goes wrong on purpose."""

    title: str
    question: Question
    """What to predict before the recipe is trained."""
    hint: str
    """The rule of `vaelab.teaching.hints` that recognises the failure."""
    config: RunConfig


_SMALL = {"train_size": 10_000, "batch_size": 128, "epochs": 3}
"""Fields that let a failure show, and show within seconds."""

FAILURES: dict[str, Failure] = {
    "beta-100": Failure(
        "Beta of 100",
        Question(
            ask="The KL term weighs a hundred times. What will the codes of a 3 and of an 8 look like?",
            options=("the same", "like a 3 and like an 8", "random"),
            right=(0,),
            why="The same: every posterior becomes the prior, and the decoder answers with the mean image.",
        ),
        "collapse",
        RunConfig(beta=100, **_SMALL),
    ),
    "learning-rate-1": Failure(
        "Learning rate of 1",
        Question(
            ask="An AE, by plain SGD, with steps thirty times as long as usual. Does it learn faster?",
            options=("yes, much faster", "it gets worse and worse", "it learns, but no faster"),
            right=(1,),
            why="It jumps over the minimum, farther each time, until the loss is infinite or undefined.",
        ),
        "diverging",
        RunConfig(model="ae", optimizer="sgd", lr_schedule="constant", learning_rate=1, **_SMALL),
    ),
    "learning-rate-tiny": Failure(
        "Learning rate of 0.00001",
        Question(
            ask="A thousandth of the usual learning rate. Careful, or too careful?",
            options=(
                "careful: it gets there, slowly",
                "it ends lower than usual",
                "too careful: it stays put",
            ),
            right=(2,),
            why="The loss stays that of the mean image: the weights hardly move.",
        ),
        "slow",
        RunConfig(learning_rate=1e-5, **_SMALL),
    ),
    "one-number": Failure(
        "Latent dimension of 1",
        Question(
            ask="Ten digits on one line. Which of them will be mistaken for each other?",
            options=("4 and 9 alone", "most of them", "none: a line is long enough"),
            right=(1,),
            why="Each digit has room beside two others only; the rest become blurs of their neighbours.",
        ),
        "narrow",
        RunConfig(latent_dim=1, **_SMALL),
    ),
    "fifty-images": Failure(
        "Fifty training images",
        Question(
            ask="An AE sees the same 50 images again and again. How do the train and the test curve part?",
            options=("they stay together", "both rise", "train falls on, test turns and rises"),
            right=(2,),
            why="It learns them by heart: the training loss falls to the end, the test loss turns and rises.",
        ),
        "overfitting",
        RunConfig(model="ae", latent_dim=20, hidden="400", train_size=50, batch_size=5, epochs=20),
    ),
    "all-at-once": Failure(
        "All images in one step",
        Question(
            ask="Gradient descent follows the exact gradient of all images. Is exact better than often?",
            options=("exact is better", "often is better", "both come to the same"),
            right=(1,),
            why="Ten exact steps lead less far than one epoch of rough ones: next to nothing is learned.",
        ),
        "few-steps",
        RunConfig(optimizer="gd", lr_schedule="constant", learning_rate=0.03, train_size=2_000),
    ),
    "too-short": Failure(
        "Too short and too slow",
        Question(
            ask="Three epochs with a tenth of the usual learning rate. Where does the curve end?",
            options=("on its way down", "flat, at the bottom", "up again"),
            right=(0,),
            why="On its way down: it would have gone on falling for many epochs.",
        ),
        "underfitting",
        RunConfig(train_size=10_000, epochs=3, lr_schedule="constant", learning_rate=1e-4),
    ),
    "beta-0": Failure(
        "Beta of 0",
        Question(
            ask="Nothing holds the codes near the prior. What will draws of the prior decode to?",
            options=("clear digits", "images that all look alike", "test images"),
            right=(1,),
            why="The codes spread out as an AE's do, the KL is off the scale, and samples all look alike.",
        ),
        "beta-too-small",
        RunConfig(beta=0, **_SMALL),
    ),
    "beta-small": Failure(
        "Beta of 0.1",
        Question(
            ask="A little of the KL term is left. Is a little enough for good samples?",
            options=("enough", "not enough: most codes are missed", "samples are as good as ever"),
            right=(1,),
            why="Reconstructions gain, but the codes spread wider than the prior, which misses most of them.",
        ),
        "far-from-prior",
        RunConfig(beta=0.1, **_SMALL),
    ),
    "beta-10": Failure(
        "Beta of 10",
        Question(
            ask="Ten dimensions, each of them ten times as dear. How much will a code say?",
            options=("all about the image", "which digit it is, at least", "less than which digit it is"),
            right=(2,),
            why="Less than which of the ten digits it is: the decoder draws a few blurred shapes.",
        ),
        "beta-too-large",
        RunConfig(beta=10, latent_dim=10, hidden="400", **_SMALL),
    ),
    "deep-sigmoid": Failure(
        "Six layers of sigmoids",
        Question(
            ask="More layers, more power? The sigmoid was the activation of the nineties.",
            options=("more power", "the mean image for everything", "it takes longer, no more"),
            right=(1,),
            why="Gradients shrink on their way back, and the first layers learn nothing.",
        ),
        "stuck",
        RunConfig(model="ae", activation="sigmoid", hidden="256-256-128-128-64-64", **_SMALL),
    ),
    "too-many-numbers": Failure(
        "Fifty dimensions at beta 4",
        Question(
            ask="Fifty numbers to describe a digit, at four times the price. How many will be used?",
            options=("all fifty", "fewer than half", "none"),
            right=(1,),
            why="Fewer than half: the others are left at the prior, where they cost nothing.",
        ),
        "unused-dimensions",
        RunConfig(latent_dim=50, beta=4, hidden="400", train_size=20_000, batch_size=128, epochs=6),
    ),
    "two-images": Failure(
        "Batches of two images",
        Question(
            ask="Two images a step, at the usual learning rate. What will the training curve look like?",
            options=("smooth", "it jumps up and down", "it falls at once and stays"),
            right=(1,),
            why="It jumps up and down: each step follows the peculiarities of its two images.",
        ),
        "oscillating",
        RunConfig(model="ae", batch_size=2, train_size=200, epochs=4),
    ),
}
"""All failures by the names that keys of widgets use."""
