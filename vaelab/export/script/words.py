"""The texts between the code cells of a notebook: equations with every symbol named, as Markdown."""

VAE = r"""The encoder gives each image $x$ a normal distribution over codes, the approximate posterior

$$q(z \mid x) = \mathcal{N}\big(z;\ \mu(x),\ \operatorname{diag} \sigma^2(x)\big),$$

by its mean $\mu$ (`mean`) and the logarithm of its variance, $\log \sigma^2$ (`logvar`), which may be any
number. A code is drawn from it so that gradients can pass (the reparameterisation, Kingma and Welling 2014):

$$z = \mu + \sigma \odot \varepsilon, \qquad \varepsilon \sim \mathcal{N}(0, I).$$

The decoder turns the code $z$ into an image again."""

AE = r"""The encoder $f$ gives each image $x$ one code $z$, the decoder $g$ turns it into an image again:

$$z = f(x), \qquad \hat{x} = g(z).$$"""

KL = r"""The KL divergence from the posterior to the prior $\mathcal{N}(0, I)$ has a closed form
(Kingma and Welling 2014, appendix B); $j$ counts the latent dimensions:

$$\mathrm{KL} = \frac{1}{2} \sum_j \big(\mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2\big).$$"""

ELBO = r"""Training minimises the negative of the evidence lower bound (ELBO) on $\log p(x)$:

$$-\mathrm{ELBO} = \underbrace{\mathbb{E}_{q(z \mid x)}\big[-\log p(x \mid z)\big]}_{\text{reconstruction}}
+ \underbrace{\mathrm{KL}\big(q(z \mid x)\ \Vert\ p(z)\big)}_{\text{KL}},$$

with one draw of $z$ in the place of the expectation."""

BETA = r"""In the objective the KL term has the weight $\beta$ (`beta`). With $\beta = 1$ the objective is the
negative ELBO; with more it is still above $-\log p(x)$, but further; with less it is no bound in general."""

UNIT = "All of it is in nats per image: summed over pixels and latent dimensions."
