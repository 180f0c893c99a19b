// The network round the plane of a canvas (main.js): which test image goes in, what its layers do with it, and what
// comes out. While the cursor is on the plane, the decoder's side shows that point decoded.

import { Forward, klOf } from "./forward.js"
import { setText } from "./panel.js"
import { codeColumn, drawStrips } from "./strips.js"
import { describeSide, sizesOf } from "./stage_words.js"

const DEEP = 4 // columns, beyond which the image stands above them instead of beside them
const SIDES = ["encoder", "decoder"]

const places = new Map() // of the images that were picked last, by the names in their list: Train draws a new canvas for a new run

export class Stage {
  constructor(canvas) {
    this.canvas = canvas
    this.forward = new Forward(canvas)
    this.place = null // of the picked image, in the list of images
    const { outer } = canvas
    this.box = outer.querySelector(".vaelab-canvas-network")
    this.pick = outer.querySelector(".vaelab-canvas-pick")
    this.price = outer.querySelector(".vaelab-canvas-price")
    this.image = outer.querySelector(".vaelab-canvas-original")
    this.pictures = { encoder: this.image, decoder: outer.querySelector(".vaelab-canvas-decoded") }
    this.parts = Object.fromEntries(
      SIDES.map((side) => [side, { words: this.box.querySelector(`p[data-side=${side}]`), strips: this.box.querySelector(`canvas[data-side=${side}]`) }]),
    )
    // Sizes are read when they change: asked for in a frame that has changed the page, they cost as much as the drawing.
    this.observer = new ResizeObserver(() => this.measure())
    for (const side of SIDES) this.observer.observe(this.parts[side].strips)
    this.pick.onchange = () => this.pick.value >= 0 && this.put(Number(this.pick.value))
    this.image.onclick = () => this.network && this.put((this.place + 1) % this.network.images.length)
  }

  measure() {
    for (const side of SIDES) {
      const { clientWidth: width, clientHeight: height } = this.parts[side].strips
      this.parts[side].place = { width, height, image: this.edgeOf(side) }
    }
    this.canvas.redraw({ overlayOnly: true })
  }

  remove() {
    this.observer.disconnect()
  }

  get network() {
    return this.canvas.data?.network
  }

  // The picked image: its place in the list and its index in the test set.
  get input() {
    return { place: this.place, index: this.network.images[this.place].index }
  }

  // Called with new data of the page.
  update({ network, anchor }) {
    const { outer } = this.canvas
    this.box.hidden = this.pick.hidden = !network
    outer.classList.toggle("network", Boolean(network))
    this.pick.previousElementSibling.textContent = network ? "Test image" : "Image"
    if (!network) return
    const { images, layers } = network
    const names = images.map(({ name }) => name).join()
    if (this.pick.dataset.names !== names) {
      this.pick.dataset.names = names
      this.place = places.get(names) ?? Math.max(0, images.findIndex(({ index }) => index === anchor))
      this.pick.replaceChildren(...images.map(({ name }, place) => new Option(name, place)), new Option("", -1))
      Object.assign(this.pick.lastElementChild, { hidden: true, disabled: true }) // the image of a hovered code
    }
    this.columns = { encoder: [...layers.encoder, codeColumn(network.latent)], decoder: [codeColumn(network.latent), ...layers.decoder] }
    const isDeep = SIDES.some((side) => this.columns[side].length > DEEP || this.columns[side].some(({ shape }) => shape.length > 1))
    outer.classList.toggle("deep", isDeep)
    this.image.title = "Press for the next image"
    for (const side of SIDES) {
      const [part, sizes] = [this.parts[side], sizesOf(side, network)]
      if (part.sizes !== sizes) part.words.innerHTML = part.sizes = sizes
    }
  }

  // A cursor that was put down on the plane gives way to the picked image.
  put(place) {
    this.canvas.gestures.pinned = false
    this.canvas.gestures.leave()
    this.place = place
    places.set(this.pick.dataset.names, place)
    this.load()
  }

  // Loads what is shown of the picked image; what cannot be loaded is not drawn.
  async load() {
    try {
      if (this.network && (await this.forward.load(this.input))) this.canvas.redraw({ overlayOnly: true })
    } catch (error) {
      console.error(error)
    }
  }

  // The forward pass of the picked image, or of that under the cursor; null where it is not known.
  look() {
    if (!this.network) return null
    const { gestures, data } = this.canvas
    const snapped = gestures.cursor?.snapped ?? -1
    if (snapped >= 0 && snapped !== this.input.index) return this.hovered(snapped)
    const { picked } = this.forward
    return picked?.index === this.input.index && picked.data.run === data.run ? picked : null
  }

  // The forward pass of a hovered code's image; null without the encoder, and the decoder then decodes the code alone.
  hovered(index) {
    const { decoderUrl, images } = this.canvas
    const key = [index, decoderUrl, this.forward.encoderUrl, Boolean(images)].join()
    if (this.hoveredKey !== key) [this.hoveredKey, this.hoveredPass] = [key, this.forward.compute(index)]
    if (!this.hoveredPass && this.network.encoder && this.forward.encoderUrl !== this.network.encoder) {
      this.forward.loadEncoder().then(() => this.canvas.redraw({ overlayOnly: true }), console.error)
    }
    return this.hoveredPass
  }

  // Draws image, layers and output; `shown` is what `look` returned.
  draw(shown) {
    const { gestures, data } = this.canvas
    const { cursor } = gestures
    const snapped = cursor?.snapped ?? -1
    const isHovered = snapped >= 0 && snapped !== this.input.index
    this.showPick(isHovered ? data.classes[this.canvas.space.labels[snapped]].name : null)
    const decoded = cursor && this.canvas.decoder && this.canvas.decoded // what the decoder made of the point under the cursor
    const code = shown?.mean ?? (isHovered ? this.canvas.space.code(snapped) : null)
    this.drawSide("encoder", { cells: shown?.cells, code }, "right")
    this.drawSide("decoder", { cells: decoded?.cells ?? shown?.cells, code: decoded?.z ?? code }, "left")
    setText(this.price, this.priceOf(shown))
    Object.assign(this.canvas.outer.dataset, { input: isHovered ? snapped : this.input.index, known: Boolean(shown) })
  }

  // The list shows the class of the image that goes in, also where this is not one of the list.
  showPick(name) {
    if (name !== null) this.pick.lastElementChild.textContent = name
    const value = String(name === null ? this.place : -1)
    if (this.pick.value !== value) this.pick.value = value
  }

  drawSide(side, { cells, code }, toPlane) {
    const { canvas } = this
    const { strips, place } = this.parts[side]
    if (!place?.width || !place.height) return
    const { ratio, theme } = canvas
    const { width, height, image } = place
    const now = [cells, code, place, ratio, theme, this.columns]
    if (strips.drawn?.every((value, index) => value === now[index])) return
    strips.drawn = now
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)]
    if (strips.width !== pixels[0] || strips.height !== pixels[1]) [strips.width, strips.height] = pixels
    const columns = this.columns[side].map((column) => ({ ...column, values: valuesOf(column, cells, code) }))
    drawStrips(canvas.context(strips), { width, height }, { columns, image, toPlane, theme })
    const words = describeSide(side, this.network, this.columns[side].find(({ isCode }) => isCode), Boolean(cells))
    if (strips.title !== words) [strips.title, strips.ariaLabel] = [words, words]
  }

  // Where the picture that goes in or comes out touches the layers: beside them, or above them.
  edgeOf(side) {
    const [picture, strips] = [this.pictures[side], this.parts[side].strips].map((part) => part.getBoundingClientRect())
    if (picture.bottom <= strips.top) return { edge: "top", from: picture.left - strips.left, to: picture.right - strips.left }
    return { edge: side === "encoder" ? "left" : "right", from: picture.top - strips.top, to: picture.bottom - strips.top }
  }

  // What is ringed on the plane, and what it costs.
  priceOf(shown) {
    const { kl, subject, latent } = this.network
    if (!kl) return `Ringed: the code of this image, a point. ${subject} has no KL.`
    if (!shown?.logvar) return "KL, the price of the code: not known of this image at this step"
    const ring = `Ringed: the code of this image at 1 and 2 σ${latent > 2 ? ", projected" : ""}`
    return `${ring} · KL, the price of the code: ${klOf(shown.mean, shown.logvar).toFixed(1)} nats`
  }
}

function valuesOf(column, cells, code) {
  if (!column.isCode) return cells?.[column.name] ?? null
  return code ? groupsOf(code, column) : null
}

const groupsOf = (code, { group, cells: [count] }) =>
  Array.from({ length: count }, (_, cell) => {
    const part = code.subarray(cell * group, (cell + 1) * group)
    return part.reduce((sum, value) => sum + value, 0) / part.length
  })
