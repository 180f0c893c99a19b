// Images between server and pad: bytes from 0 to 255, channels first, as base64.

import { imageData } from "../lib/kinds/image.js"

export const encoded = (bytes) => btoa(String.fromCharCode(...bytes))

// Numbers from 0 to 1.
export const decoded = (text) => Float32Array.from(atob(text), (letter) => letter.charCodeAt(0) / 255)

// As `Marks.show` takes it, filling the pad.
export function imageOf(pixels, shape) {
  const [, height, width] = shape
  const canvas = Object.assign(document.createElement("canvas"), { width, height })
  canvas.getContext("2d").putImageData(imageData(pixels, shape), 0, 0)
  return { canvas, fills: true }
}
