"""Lesson 5: the same network with and without a prior."""

from vaelab.config import PRESETS
from vaelab.teaching.lessons.entry import Formula, Lesson, Link, Question, Recipe, Statement

TWINS = Lesson(
    name="twins",
    title="AE against VAE",
    summary="Twins that differ in the prior alone: holes, interpolation, and drawing new images.",
    text="**Twins** are two runs with the same network, images and seed, one an AE and the other a VAE: "
    "whatever differs comes from the VAE's prior. The AE reconstructs a little better, because it was "
    "asked for nothing else. Its codes may lie anywhere and on any scale. Nobody said from where to draw "
    "new ones.",
    formulas=(
        Formula(
            latex=r"z \sim p(z) = \mathcal{N}(0, I) \qquad \hat{x} = g(z)",
            words="To make a new image with a VAE, draw a code $z$ from the prior $p(z)$, the normal "
            "distribution $\\mathcal{N}$ with mean $0$ and the identity matrix $I$ as covariance, and "
            "decode it: $g$ is the decoder, $\\hat{x}$ the image.",
        ),
        Formula(
            latex=r"z(t) = (1 - t)\, z_A + t\, z_B",
            words="To interpolate, go from the code $z_A$ of image A to the code $z_B$ of image B while "
            "$t$ goes from 0 to 1, and decode each $z(t)$.",
        ),
    ),
    question=Question(
        ask="Draw 40 codes from the unit normal and decode them with both twins. What does the AE make of "
        "them?",
        options=(
            "All ten digits, as the VAE does",
            "Noise",
            "Only some of the digits, those near its centre",
            "The same image each time",
        ),
        right=(2,),
        why="Most often eight of ten, with other draws from six to nine. The AE's codes reach far beyond "
        "these draws, which fall among the kinds of digit that happen to lie near the centre. Draw much "
        "wider, and they fall where no image is encoded.",
    ),
    look="Change the spread of the draws. For the VAE 1 is right, and was so before it was trained. For "
    "the AE 1 misses digits and 20 falls into holes. A spread between them does well, but only its codes, "
    "looked at afterwards, tell which; those of another seed, or of more dimensions, want another.",
    statements=(
        Statement(
            text="One cannot draw new images from a plain autoencoder, because its decoder is worse.",
            true=False,
            why="Its decoder is as good, and its reconstructions are often better. What is missing is a "
            "distribution of codes to draw from. One can be fitted afterwards: see Walks, Gaussian mixture.",
        ),
        Statement(
            text="A VAE handles missing pixels by itself.",
            true=False,
            why="Its encoder expects every pixel, and takes black ones for part of the image. To fill in, a "
            "model has to be trained for it, as a denoising autoencoder is, or the missing pixels have to be "
            "inferred with the decoder.",
        ),
        Statement(
            text="Every draw from a VAE's prior decodes to a clear digit.",
            true=False,
            why="Codes of all images together follow the prior only roughly. Between the classes the decoder "
            "gives blends, and it says so in no way.",
        ),
    ),
    recipes=(
        Recipe(label="Both twins, side by side", config=PRESETS["vae-2d"].config, twins=True),
        Recipe(label="A denoising autoencoder, for missing pixels", config=PRESETS["denoising-ae"].config),
    ),
    links=(
        Link(
            label="Both latent planes under one cursor", page="compare", parameters={"runs": "vae-2d,ae-2d"}
        ),
        Link(
            label="Draw from a density fitted to the AE's codes",
            page="walks",
            parameters={"run": "ae-2d", "walk": "sample", "source": "mixture"},
        ),
    ),
    terms=("twins", "prior", "interpolation", "aggregate posterior"),
)
