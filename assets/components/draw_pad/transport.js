// Encoding of images between server and pad: bytes from 0 to 255, channels first, as base64.

import { imageData } from "../lib/kinds/image.js"

export const encoded = (bytes) => btoa(String.fromCharCode(...bytes))

// From numbers from 0 to 1 to text.
export const decoded = (text) => Float32Array.from(atob(text), (letter) => letter.charCodeAt(0) / 255)

// From text to an image for `Marks.show` that fills the pad.
export function imageOf(pixels, shape) {
  const [, height, width] = shape
  const canvas = Object.assign(document.createElement("canvas"), { width, height })
  canvas.getContext("2d").putImageData(imageData(pixels, shape), 0, 0)
  return { canvas, fills: true }
}
