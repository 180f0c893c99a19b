// Reads an image from a file or the clipboard for the pad, or says in a sentence why that is impossible.

import { imageData } from "../lib/kinds/image.js"
import { onBlack } from "./background.js"

const MOST_MEGABYTES = 20
const MOST_MEGAPIXELS = 64

// An error whose message is a sentence for the visitor.
export class Refused extends Error {}

// Returns { image, did }: `image` for `Marks.show`, and a text that says what was done to it.
export async function take(file, { shape, placement, pad }) {
  const element = await opened(file)
  const [width, height] = [element.naturalWidth, element.naturalHeight]
  const isOwn = width === shape[2] && height === shape[1]
  const room = isOwn ? { width, height } : pad
  const canvas = placement.box === null ? square(element, room) : whole(element, room)
  const ink = canvas.getContext("2d")
  const pixels = ink.getImageData(0, 0, canvas.width, canvas.height)
  const { picture, did } = onBlack(pixels, shape[0], { ...placement, isOwn })
  ink.putImageData(imageData(picture.data, [picture.channels, picture.height, picture.width]), 0, 0)
  return { image: { canvas, fills: isOwn }, did: [`${width} × ${height} pixels`, ...did] }
}

async function opened(file) {
  const name = file.name ? `“${file.name}”` : "What was pasted"
  if (file.size > MOST_MEGABYTES * 2 ** 20) {
    throw new Refused(`${name} has ${(file.size / 2 ** 20).toFixed(1)} MB; at most ${MOST_MEGABYTES} MB can be taken.`)
  }
  const url = URL.createObjectURL(file)
  try {
    // The size is known before any pixel is unpacked: a small file can hold an enormous image.
    const element = new Image()
    element.src = url
    await loaded(element, name)
    const [width, height] = [element.naturalWidth, element.naturalHeight]
    if (width * height > MOST_MEGAPIXELS * 1e6) {
      throw new Refused(`${name} has ${width} × ${height} pixels; at most ${MOST_MEGAPIXELS} million can be taken.`)
    }
    await element.decode().catch(() => { throw notAnImage(name) })
    return element
  } finally {
    URL.revokeObjectURL(url)
  }
}

function loaded(element, name) {
  return new Promise((resolve, reject) => {
    element.onload = () => (element.naturalWidth * element.naturalHeight > 0 ? resolve() : reject(notAnImage(name)))
    element.onerror = () => reject(notAnImage(name))
  })
}

const notAnImage = (name) =>
  new Refused(`${name} is no image that this browser can open; take a PNG, JPEG, GIF or WebP file.`)

// The whole image, as large as the space allows.
function whole(element, room) {
  const { naturalWidth, naturalHeight } = element
  const scale = Math.min(room.width / naturalWidth, room.height / naturalHeight)
  const size = (length) => Math.max(1, Math.round(length * scale))
  return drawn(element, [0, 0, naturalWidth, naturalHeight], size(naturalWidth), size(naturalHeight))
}

// The middle of the image, cut to the proportions of the space.
function square(element, room) {
  const { naturalWidth, naturalHeight } = element
  const scale = Math.max(room.width / naturalWidth, room.height / naturalHeight)
  const [width, height] = [room.width / scale, room.height / scale]
  return drawn(element, [(naturalWidth - width) / 2, (naturalHeight - height) / 2, width, height], room.width, room.height)
}

function drawn(element, part, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height })
  const ink = canvas.getContext("2d", { willReadFrequently: true })
  ink.imageSmoothingQuality = "high"
  ink.drawImage(element, ...part, 0, 0, width, height)
  return canvas
}
