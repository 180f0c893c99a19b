// Beside the plane: the image decoded at the cursor, large, and in words where that is.

import { imageData } from "../network/network.js"
import { imageOf } from "./loading.js"
import { digits } from "./overlay.js"

const FEW = 4 // dimensions whose numbers are written out

export class Panel {
  constructor(outer) {
    this.decoded = outer.querySelector(".vaelab-canvas-decoded")
    this.original = outer.querySelector(".vaelab-canvas-original")
    this.words = outer.querySelector(".vaelab-canvas-words")
    this.spoken = outer.querySelector(".vaelab-canvas-spoken")
  }

  // `found` is what the canvas knows of the place; returns the sentences.
  show(found, images) {
    this.decoded.parentElement.hidden = false
    paint(this.decoded, found.pixels, found.shape)
    this.decoded.nextElementSibling.textContent = found.snapped < 0 ? "Decoded here" : "Reconstruction"
    const figure = this.original.parentElement
    figure.hidden = found.snapped < 0 || !images
    if (!figure.hidden) {
      const { pixels, shape } = imageOf(images, found.snapped)
      paint(this.original, pixels, shape)
    }
    const sentences = describe(found)
    this.words.replaceChildren(
      ...sentences.map((sentence) => {
        const line = document.createElement("p")
        line.textContent = sentence
        line.classList.toggle("hole", sentence === HOLE)
        return line
      }),
    )
    return sentences
  }

  // Said aloud where the cursor was moved by keys; a mouse moves too often.
  say(sentences) {
    this.spoken.textContent = sentences.join(" ")
  }

  rest(sentence) {
    for (const canvas of [this.decoded, this.original]) canvas.parentElement.hidden = true
    const line = document.createElement("p")
    line.textContent = sentence
    this.words.replaceChildren(line)
  }
}

function paint(canvas, pixels, shape) {
  const image = imageData(pixels, shape)
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width
    canvas.height = image.height
  }
  canvas.getContext("2d").putImageData(image, 0, 0)
}

const HOLE = "A hole: hardly any code lies here, so the decoder makes this up."

function describe({ labels, point, snapped, nearest, describeImage, deviations, rank, hole, anchor, others }) {
  const places = labels.map((label, axis) => label && `${label} = ${digits(point[axis])}`).filter(Boolean)
  const sentences = [places.join(", ")]
  if (snapped >= 0) {
    sentences.push(`Code of ${describeImage(snapped)}.`)
    if (deviations) {
      const shown = Array.from(deviations.slice(0, FEW), digits).join(", ")
      sentences.push(`Its posterior has σ ${shown}${deviations.length > FEW ? ", …" : "."}`)
    }
  } else {
    sentences.push(`Nearest code: ${describeImage(nearest.index)}, ${digits(nearest.distance)} away.`)
  }
  if (hole) sentences.push(HOLE)
  else if (snapped < 0 && rank !== null) sentences.push(`Codes are denser here than around ${Math.round(100 * rank)} % of them.`)
  if (others > 0 && snapped < 0) sentences.push(`The other ${others} coordinates are those of ${describeImage(anchor)}.`)
  return sentences
}
