// The model's output for the drawing, as pictures and numbers that follow the pen.

import { imageData } from "../lib/kinds/image.js"

const FEW = 6 // dimensions that are listed

export class Readout {
  constructor(outer) {
    this.find = (name) => outer.querySelector(`[data-part=${name}]`)
  }

  // `settings`: the component's data. `result`: as `Computing.follow` gives it, or null.
  show(result, settings) {
    const { shape } = settings
    paint(this.find("seen"), result?.pixels, shape)
    paint(this.find("reconstruction"), result?.reconstruction, shape)
    paintErrors(this.find("error"), result, settings)
    this.find("numbers").textContent = result ? inWords(result) : ""
    this.showCode(result)
    this.showDraws(result, shape)
  }

  // The canvases in the order in which they stand on a saved picture.
  rows() {
    const draws = this.find("draws")
    const results = ["seen", "reconstruction", "error"].map(this.find)
    return draws.hidden ? [results] : [results, [...draws.querySelectorAll("canvas")]]
  }

  showCode(result) {
    const table = this.find("code")
    table.hidden = !result || result.mean.length > FEW
    if (table.hidden) return
    const head = result.logvar ? ["dimension", "mean", "standard deviation"] : ["dimension", "code"]
    const rows = Array.from(result.mean, (mean, index) => [
      `z${index + 1}`,
      text(mean, 3),
      ...(result.logvar ? [text(Math.exp(result.logvar[index] / 2), 3)] : []),
    ])
    table.tHead.replaceChildren(line("th", head))
    table.tBodies[0].replaceChildren(...rows.map((row) => line("td", row)))
  }

  // While the pen moves, the earlier pictures stay until all new ones are ready.
  showDraws(result, shape) {
    const strip = this.find("draws")
    strip.hidden = !result?.logvar
    if (strip.hidden || result.draws.length === 0) return
    const row = strip.querySelector("div")
    while (row.children.length < result.draws.length) row.append(document.createElement("canvas"))
    result.draws.forEach((pixels, index) => paint(row.children[index], pixels, shape))
  }
}

export function squaredError(pixels, reconstruction) {
  return pixels.reduce((sum, pixel, index) => sum + (reconstruction[index] - pixel) ** 2, 0) / pixels.length
}

// The KL of each dimension in nats (Kingma and Welling 2014, appendix B).
function divergence({ mean, logvar }) {
  return logvar.reduce((sum, value, index) => sum + 0.5 * (mean[index] ** 2 + Math.exp(value) - 1 - value), 0)
}

function inWords(result) {
  const error = `Squared error per pixel ${text(squaredError(result.pixels, result.reconstruction), 4)}`
  if (result.logvar) return `${error} · KL ${text(divergence(result), 1)} nats`
  return error
}

function text(value, decimals) {
  const digits = value.toFixed(decimals)
  return (Number(digits) === 0 ? digits.replace("-", "") : digits).replace("-", "−")
}

function line(tag, texts) {
  const row = document.createElement("tr")
  row.append(...texts.map((content) => Object.assign(document.createElement(tag), { textContent: content })))
  return row
}

function paint(canvas, pixels, shape) {
  const [, height, width] = shape
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
  const ink = canvas.getContext("2d")
  if (pixels) ink.putImageData(imageData(pixels, shape), 0, 0)
  else ink.clearRect(0, 0, width, height)
}

// Reconstruction minus image, averaged over colours, in the page's colours from −1 to 1.
function paintErrors(canvas, result, { shape: [channels, height, width], error_colors }) {
  Object.assign(canvas, { width, height }) // and clear it
  if (!result) return
  const count = width * height
  const image = new ImageData(width, height)
  for (let index = 0; index < count; index++) {
    let error = 0
    for (let at = index; at < channels * count; at += count) error += result.reconstruction[at] - result.pixels[at]
    const color = error_colors[Math.round((error / channels + 1) * ((error_colors.length - 1) / 2))]
    image.data.set([...color, 255], 4 * index)
  }
  canvas.getContext("2d").putImageData(image, 0, 0)
}
