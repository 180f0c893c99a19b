"""Recipes that fail, each in its own way, with a question, the answer, and the hint that explains it."""

from dataclasses import dataclass

from vaelab.config import RunConfig


@dataclass(frozen=True)
class Failure:
    """A recipe that goes wrong on purpose."""

    title: str
    question: str
    """The question to answer before the recipe is trained."""
    answer: str
    """What happens, in one sentence."""
    hint: str
    """The rule of `vaelab.teaching.hints` that recognises the failure."""
    config: RunConfig


_SMALL = {"train_size": 10_000, "batch_size": 128, "epochs": 3}
"""Fields that let a failure show, and show within seconds."""

FAILURES: dict[str, Failure] = {
    "beta-100": Failure(
        "Beta of 100",
        "The KL term weighs a hundred times. What will the codes of a 3 and of an 8 look like?",
        "The same: every posterior becomes the prior, and the decoder answers with the mean image.",
        "collapse",
        RunConfig(beta=100, **_SMALL),
    ),
    "learning-rate-1": Failure(
        "Learning rate of 1",
        "An AE, by plain SGD with steps thirty times as long as usual. Does it learn thirty times as fast?",
        "It jumps over the minimum, farther each time, until the loss is no number any more.",
        "diverging",
        RunConfig(model="ae", optimizer="sgd", lr_schedule="constant", learning_rate=1, **_SMALL),
    ),
    "learning-rate-tiny": Failure(
        "Learning rate of 0.00001",
        "A thousandth of the usual learning rate. Careful, or too careful?",
        "The loss stays that of the mean image: the weights hardly move.",
        "slow",
        RunConfig(learning_rate=1e-5, **_SMALL),
    ),
    "one-number": Failure(
        "Latent dimension of 1",
        "Ten digits on one line. Which of them will be mistaken for each other?",
        "Each digit has room beside two others only; the rest become blurs of their neighbours.",
        "narrow",
        RunConfig(latent_dim=1, **_SMALL),
    ),
    "fifty-images": Failure(
        "Fifty training images",
        "An AE sees the same 50 images again and again. How do the train and the test curve part?",
        "It learns them by heart: the training loss falls to the end, the test loss turns round and rises.",
        "overfitting",
        RunConfig(model="ae", latent_dim=20, hidden="400", train_size=50, batch_size=5, epochs=20),
    ),
    "all-at-once": Failure(
        "All images in one step",
        "Gradient descent follows the exact gradient of all images. Is exact better than often?",
        "Ten exact steps lead less far than one epoch of rough ones: next to nothing is learned.",
        "few-steps",
        RunConfig(optimizer="gd", lr_schedule="constant", learning_rate=0.03, train_size=2_000),
    ),
    "too-short": Failure(
        "Too short and too slow",
        "Three epochs with a tenth of the usual learning rate. Where does the curve end?",
        "On its way down: it would have gone on falling for many epochs.",
        "underfitting",
        RunConfig(train_size=10_000, epochs=3, lr_schedule="constant", learning_rate=1e-4),
    ),
    "beta-0": Failure(
        "Beta of 0",
        "Nothing holds the codes near the prior. What will draws of the prior decode to?",
        "The codes spread out as an AE's do, the KL is off the scale, and samples all look alike.",
        "beta-too-small",
        RunConfig(beta=0, **_SMALL),
    ),
    "beta-small": Failure(
        "Beta of 0.1",
        "A little of the KL term is left. Is a little enough for good samples?",
        "Reconstructions gain, but the codes spread wider than the prior, and samples miss most of them.",
        "far-from-prior",
        RunConfig(beta=0.1, **_SMALL),
    ),
    "beta-10": Failure(
        "Beta of 10",
        "Ten dimensions, each of them ten times as dear. How much will a code say?",
        "Less than which of the ten digits it is: samples and reconstructions are a few blurred shapes.",
        "beta-too-large",
        RunConfig(beta=10, latent_dim=10, hidden="400", **_SMALL),
    ),
    "deep-sigmoid": Failure(
        "Six layers of sigmoids",
        "More layers, more power? The sigmoid was the activation of the nineties.",
        "Gradients shrink on their way back, the first layers learn nothing, and the mean image comes out.",
        "stuck",
        RunConfig(model="ae", activation="sigmoid", hidden="256-256-128-128-64-64", **_SMALL),
    ),
    "too-many-numbers": Failure(
        "Fifty dimensions at beta 4",
        "Fifty numbers to describe a digit, at four times the price. How many will be used?",
        "Fewer than half: the others are left at the prior, where they cost nothing.",
        "unused-dimensions",
        RunConfig(latent_dim=50, beta=4, hidden="400", train_size=20_000, batch_size=128, epochs=6),
    ),
    "two-images": Failure(
        "Batches of two images",
        "Two images a step, at the usual learning rate. What will the training curve look like?",
        "It jumps up and down: each step follows the peculiarities of its two images.",
        "oscillating",
        RunConfig(model="ae", batch_size=2, train_size=200, epochs=4),
    ),
}
"""All failures by the names that keys of widgets use."""
