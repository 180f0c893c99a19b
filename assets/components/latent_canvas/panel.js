// The panel beside the plane: the image decoded at the cursor, enlarged, and a description of its position.

import { digits } from "./overlay.js"

const BUDGET = 8 // milliseconds of a frame

export class Panel {
  constructor(outer) {
    this.decoded = outer.querySelector(".vaelab-canvas-decoded")
    this.original = outer.querySelector(".vaelab-canvas-original")
    this.classes = outer.querySelector(".vaelab-canvas-middles")
    this.words = outer.querySelector(".vaelab-canvas-words")
    this.spoken = outer.querySelector(".vaelab-spoken")
  }

  // `found` is the canvas's description of a point, `original` the picture of its example if it has one; returns
  // the sentences.
  show(found, original) {
    this.showPictures(found.image, original, found.snapped < 0 ? "Decoded here" : "Reconstruction", found.recon)
    const sentences = describe(found)
    this.words.replaceChildren(
      ...sentences.map((sentence) => {
        const line = paragraph(sentence)
        line.classList.toggle("hole", sentence === HOLE)
        return line
      }),
    )
    return sentences
  }

  // Shows what comes out, what went in, if anything did, and the reconstruction loss in nats, if it is known.
  showPictures(decoded, original, name, recon) {
    this.decoded.parentElement.hidden = false
    this.classes.hidden = true
    this.resting = null
    put(this.decoded, decoded)
    setText(this.decoded.nextElementSibling, Number.isFinite(recon) ? `${name} ${recon.toFixed(1)} nats` : name)
    const figure = this.original.parentElement
    figure.hidden = !original
    if (original) put(this.original, original)
  }

  // Says what to do, in the place of a description.
  advise(sentence) {
    if (this.words.childElementCount === 1 && this.words.textContent === sentence) return
    this.words.replaceChildren(paragraph(sentence))
  }

  // Announced to screen readers if keys moved the cursor; a mouse moves too often.
  say(sentences) {
    this.spoken.textContent = sentences.join(" ")
  }

  // Without a cursor the panel says what to do, and shows the decoded mean code of each class. `pictures` are in
  // the order of the labels; null for a class without codes.
  rest(sentence, pictures, classes) {
    if (this.resting?.pictures === pictures && this.resting.count === pictures.length) return
    this.resting = { pictures, count: pictures.length }
    for (const canvas of [this.decoded, this.original]) canvas.parentElement.hidden = true
    const lines = pictures.length ? [sentence, "Now: the mean code of each class, decoded. Look which come out alike."] : [sentence]
    this.words.replaceChildren(...lines.map(paragraph))
    this.classes.hidden = pictures.length === 0
    this.classes.dataset.size = sizeOf(classes)
    const shown = classes.map(({ name }, label) => ({ name, image: pictures[label] })).filter(({ image }) => image)
    this.classes.replaceChildren(...shown.map(figureOf))
  }
}

// The decoded mean code of each class: a guide to the classes in pictures.
export class Middles {
  constructor() {
    this.pictures = [] // by label; null for a class without codes
  }

  // The mean codes in all dimensions, to be decoded anew.
  begin(space, classes) {
    this.codes = classes.map((_, label) => space.meanCode(label))
    this.pictures = []
  }

  // Decodes some of the missing pictures; returns whether any are still missing. `decode` maps a code to an
  // ImageData.
  decodeMore(decode) {
    const begun = performance.now()
    while (this.pictures.length < this.codes.length && performance.now() - begun < BUDGET) {
      const code = this.codes[this.pictures.length]
      this.pictures.push(code && decode(code))
    }
    return this.pictures.length < this.codes.length
  }
}

const MANY = 12 // classes, beyond which their pictures are small

const sizeOf = (classes) => (classes.some(({ name }) => name.length > 3) ? "large" : classes.length > MANY ? "small" : "middle")

function paragraph(text) {
  return Object.assign(document.createElement("p"), { textContent: text })
}

function figureOf({ name, image }) {
  const figure = document.createElement("figure")
  const canvas = document.createElement("canvas")
  canvas.setAttribute("role", "img")
  canvas.setAttribute("aria-label", `Mean code of ${name}, decoded`)
  put(canvas, image)
  figure.append(canvas, Object.assign(document.createElement("figcaption"), { textContent: name }))
  return figure
}

// A text is set only if it is another one: a browser lays the page out again after each.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

function put(canvas, image) {
  if (canvas.shown === image) return
  canvas.shown = image
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width
    canvas.height = image.height
  }
  canvas.getContext("2d").putImageData(image, 0, 0)
}

const UNKNOWN = "The encoder's activations are not known for it at this step: pick a test image from the list to see them."
const HOLE = "A hole: hardly any code lies here, so the decoder makes this up."

function describe({ labels, point, snapped, nearest, describeImage, deviations, rank, hole, anchor, others, isUnknown }) {
  const coordinates = labels.map((label, axis) => label && `${label} = ${digits(point[axis])}`).filter(Boolean)
  const sentences = [coordinates.join(", ")]
  if (snapped >= 0) {
    sentences.push(`Code of ${describeImage(snapped)}.`)
    if (deviations) {
      const shown = labels.map((label, axis) => label && `${digits(deviations[axis])} along ${label}`)
      sentences.push(`Its posterior has σ ${shown.filter(Boolean).join(", ")}.`)
    }
  } else {
    sentences.push(`Nearest code: ${describeImage(nearest.index)}, ${digits(nearest.distance)} away.`)
  }
  if (isUnknown) sentences.push(UNKNOWN)
  if (hole) sentences.push(HOLE)
  else if (snapped < 0 && rank !== null) sentences.push(`${others > 0 ? "On this plane codes" : "Codes"} are denser here than around ${Math.round(100 * rank)} % of them.`)
  if (others > 0 && snapped < 0) sentences.push(`${others === 1 ? "The other coordinate is that" : `The other ${others} coordinates are those`} of ${describeImage(anchor)}.`)
  return sentences
}
