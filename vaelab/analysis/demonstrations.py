"""Small computations for lessons about the objective, made with the functions that training uses.

Shapes: S codes drawn, N codes of images, d latent dimensions.
"""

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.neighbors import NearestNeighbors

from vaelab.models.autoencoder import Autoencoder
from vaelab.models.objective import kl_to_unit_normal
from vaelab.models.posteriors import Posterior
from vaelab.models.reconstructions import bce, gaussian

NEAR_SHARE = 0.99
"""Share of codes that have another code within the distance that counts as near."""


@dataclass(frozen=True)
class KlEstimate:
    """The KL of a one-dimensional posterior to the unit normal, exact and estimated, in nats."""

    exact: float
    """The KL in closed form."""
    z: np.ndarray
    """(S,), the codes drawn."""
    terms: np.ndarray
    """(S,), ln q(z) - ln p(z) of each code; their mean estimates the KL."""

    @property
    def running(self) -> np.ndarray:
        """(S,), the estimates from the first 1, 2, … codes."""
        return np.cumsum(self.terms) / np.arange(1, len(self.terms) + 1)

    @property
    def standard_error(self) -> float:
        """Estimated standard deviation of the estimate; NaN for a single code."""
        count = len(self.terms)
        return float(self.terms.std(ddof=1) / np.sqrt(count)) if count > 1 else float("nan")


def kl_estimate(mean: float, logvar: float, draws: int, seed: int) -> KlEstimate:
    """KL(N(mean, exp(logvar)) || N(0, 1)) in closed form and from codes drawn from the posterior.

    Kingma and Welling 2014, appendix B, and their equation 5 for the estimate. A seed fixes the noise: other
    means and variances shift and scale the same draws, and more draws begin with the same ones.
    """
    exact = kl_to_unit_normal(
        torch.tensor(mean, dtype=torch.float64), torch.tensor(logvar, dtype=torch.float64)
    )
    # NumPy's generator, because PyTorch's draws other numbers when it draws more of them.
    noise = np.random.default_rng(seed).standard_normal(draws)
    z = mean + np.exp(0.5 * logvar) * noise
    # The constants of both normal densities cancel.
    return KlEstimate(float(exact), z, 0.5 * (z**2 - noise**2 - logvar))


def draw_code(mean: np.ndarray, logvar: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A code (d,) drawn from a posterior with mean and log-variance (d,), and the epsilon (d,) behind it."""
    posterior = Posterior(torch.from_numpy(mean)[None], torch.from_numpy(logvar)[None])
    noise = torch.Generator().manual_seed(seed)
    draws = noise.clone_state()
    z = posterior.sample(noise)[0, 0]
    return z.numpy(), torch.randn(1, *posterior.mean.shape, generator=draws)[0, 0].numpy()


def pixel_losses(pixel: float, answers: np.ndarray, sigma: float) -> dict[str, np.ndarray]:
    """Losses of a pixel for each answer (K,) strictly between 0 and 1: `bce`, `mse`, `gaussian`, (K,) each.

    `bce` and `gaussian` are in nats. `mse` is the squared error, and `gaussian` the negative log-density of a
    Gaussian, which is a multiple of the squared error plus a constant.
    """
    output = torch.from_numpy(np.asarray(answers, np.float64)).reshape(1, -1, 1, 1, 1)
    target = torch.full((output.shape[1], 1, 1, 1), pixel, dtype=torch.float64)
    return {
        "bce": bce(torch.logit(output), target)[0].numpy(),
        "mse": (output - target).square().flatten().numpy(),
        "gaussian": gaussian(output, target, torch.tensor(sigma, dtype=torch.float64))[0].numpy(),
    }


def pixel_floor(pixels: np.ndarray) -> np.ndarray:
    """Least cross-entropy, in nats, that answers to pixels from 0 to 1 can have: the pixels' own entropy."""
    p = torch.from_numpy(np.asarray(pixels, np.float64))
    return (torch.special.entr(p) + torch.special.entr(1 - p)).numpy()


@dataclass(frozen=True)
class ImageLosses:
    """The losses of one reconstructed image."""

    bce: float
    """Cross-entropy in nats per image."""
    floor: float
    """Least possible `bce` of this image, in nats."""
    mse: float
    """Squared error per pixel."""


@torch.no_grad()
def image_losses(model: Autoencoder, image: np.ndarray, z: np.ndarray) -> ImageLosses:
    """Losses of the image (...) reconstructed from the code z (d,), of a model trained with bce."""
    x = torch.tensor(image)[None].double() / 255
    output = model.output(torch.from_numpy(z)[None, None]).double()
    error = (output.sigmoid()[0] - x).square().mean()
    return ImageLosses(float(bce(output, x)), float(pixel_floor(x.numpy()).sum()), float(error))


@dataclass(frozen=True)
class Reach:
    """Where draws fall among the codes of images."""

    classes: int
    """Number of classes of the images whose codes are nearest to the draws."""
    in_holes: float
    """Share of draws, from 0 to 1, farther from every code than nearly all codes are from each other."""


def reach(draws: np.ndarray, codes: np.ndarray, labels: np.ndarray) -> Reach:
    """Which classes draws (S, d) reach among codes (N, d) with labels (N,), and how many fall into holes.

    A draw is in a hole if no code is nearer than the distance within which 99 % of the codes have a
    neighbour. That distance scales with the codes, so that models with codes on different scales compare.
    """
    neighbours = NearestNeighbors(n_neighbors=2).fit(codes)
    # The nearest neighbour of a code is the code itself.
    near = np.quantile(neighbours.kneighbors(codes)[0][:, 1], NEAR_SHARE)
    distances, nearest = neighbours.kneighbors(draws, 1)
    return Reach(len(set(labels[nearest[:, 0]].tolist())), float((distances[:, 0] > near).mean()))
