// What goes through the network that is drawn round the plane, as numbers: the forward pass of a test image as the
// server has it of this step, or as the browser computes it from the run's last weights.

import { LOSSES } from "../lib/losses.js"
import { KINDS } from "../lib/kinds/index.js"
import { runWithCells } from "../lib/cells.js"
import { loadForward, loadNetwork, numbersOf } from "./loading.js"

// Forward passes have { image, output } as pictures, { mean, logvar }, the `cells` of hidden layers by name, and the
// reconstruction loss `recon` in nats; null where something is not known.
export class Forward {
  constructor(canvas) {
    this.canvas = canvas
    this.picked = null
    this.encoder = this.encoderUrl = null
  }

  // Loads the forward pass of a picked image { place, index }, and returns whether it is still wanted.
  async load({ place, index }) {
    const { data } = this.canvas
    const { forward, encoder } = data.network
    const isWanted = () => !this.canvas.removed && this.canvas.data === data && this.canvas.stage.place === place
    if (forward) {
      const file = await loadForward(`${forward}-${place}`)
      if (isWanted()) this.picked = { ...fromFile(file, KINDS[data.kind]), index, data }
      return isWanted()
    }
    if (!encoder) return isWanted()
    await this.loadEncoder()
    const computed = isWanted() && this.compute(index)
    if (computed) this.picked = { ...computed, data }
    return Boolean(computed)
  }

  // The encoder of a run that rests.
  async loadEncoder() {
    const { encoder: url } = this.canvas.data.network
    if (!url || this.encoderUrl === url) return
    const network = await loadNetwork(url)
    if (this.canvas.removed || this.canvas.data.network?.encoder !== url) return
    Object.assign(this, { encoder: network, encoderUrl: url })
  }

  // The forward pass of any test image; null before the run's last weights are there.
  compute(index) {
    const { data, decoder, decoderUrl, images } = this.canvas
    const { layers, loss, encoder: url } = data.network
    if (!url || this.encoderUrl !== url || decoderUrl !== data.decoder || !images) return null
    const kind = KINDS[data.kind]
    const numbers = numbersOf(images, index, kind)
    const encoded = runWithCells(this.encoder, numbers, layers.encoder)
    const { mean, logvar } = encoded.result
    const decoded = runWithCells(decoder, mean, layers.decoder)
    return {
      index,
      image: kind.imageData(numbers, decoder.shape),
      output: kind.imageData(decoded.result, decoder.shape),
      mean,
      logvar,
      cells: { ...encoded.cells, ...decoded.cells },
      recon: LOSSES[loss]?.(decoded.raw, numbers) ?? null,
    }
  }
}

function fromFile({ image, reconstruction, mean, logvar, recon, ...cells }, kind) {
  const picture = ({ data, shape }) => kind.imageData(Float32Array.from(data, (value) => value / kind.SCALE), shape)
  return {
    image: picture(image),
    output: picture(reconstruction),
    mean: mean.data,
    logvar: logvar?.data ?? null,
    cells: Object.fromEntries(Object.entries(cells).map(([name, { data }]) => [name, data])),
    recon: recon.data[0],
  }
}

// KL from the posterior to the unit normal in nats, summed over dimensions (Kingma and Welling 2014, appendix B).
export const klOf = (mean, logvar) =>
  mean.reduce((sum, value, dimension) => sum + (value ** 2 + Math.exp(logvar[dimension]) - 1 - logvar[dimension]) / 2, 0)
