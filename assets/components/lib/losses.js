// Reconstruction terms in nats that the browser can compute from the decoder's raw output and the pixels of an example,
// by the names in `vaelab/models/reconstructions.py`. That of mse depends on a sigma that the browser does not have.

// Cross-entropy of logits: max(x, 0) - x t + log(1 + exp(-|x|)), summed.
function bce(raw, target) {
  return raw.reduce((sum, x, index) => sum + Math.max(x, 0) - x * target[index] + Math.log1p(Math.exp(-Math.abs(x))), 0)
}

export const LOSSES = { bce }
