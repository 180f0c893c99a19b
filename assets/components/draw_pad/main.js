// A pad to draw on. The browser itself prepares each drawing as the network's input, and computes posterior
// and reconstruction while the pen moves. The server receives the drawing once the pen rests.

import { mounted } from "../lib/mount.js"
import { composed, save, saveButton } from "../lib/saving.js"
import { LEVELS, placed } from "./centring.js"
import { Computing } from "./computing.js"
import { Refused, take } from "./intake.js"
import { Marks, PER_PIXEL } from "./marks.js"
import { followKeys, followPointer } from "./pen.js"
import { Readout } from "./readout.js"
import { followTools } from "./tools.js"
import { decoded, encoded, imageOf } from "./transport.js"

const REST = 600 // milliseconds without a stroke, after which the server is told

export const render = mounted((parentElement) => new View(parentElement))

class View {
  constructor(parentElement) {
    this.outer = parentElement.querySelector(".vaelab-draw")
    this.part = (name) => this.outer.querySelector(`[data-part=${name}]`)
    this.readout = new Readout(this.outer)
    this.computing = new Computing()
    this.onItsWay = [] // what was sent to the server and has not come back
    this.last = "" // what the server showed last
    this.stroke = null
    const pen = { down: (point) => this.down(point), move: (point) => this.move(point), up: () => this.changed() }
    const pad = this.outer.querySelector(".vaelab-draw-pad")
    followPointer(pad, this.part("ink"), pen)
    followKeys(pad, this.part("ink"), this.part("cursor"), { ...pen, say: (text) => (this.part("spoken").textContent = text) })
    followTools(this.outer, pad, this)
    this.save = saveButton((name) => save(name, composed(this.readout.rows(), 2)))
    this.save.element.hidden = true // until there is something to save
    this.part("summary").append(this.save.element)
    // A latent canvas may be mounted before or after the pad.
    this.tellAgain = () => this.tellOthers()
    window.addEventListener("vaelab-posterior-wanted", this.tellAgain)
  }

  update(component) {
    const { data } = component
    this.component = component
    if (this.data?.shape.join() !== data.shape.join()) {
      this.marks = new Marks(this.part("ink"), data.shape)
      this.last = ""
      this.onItsWay = []
    }
    const isOther = this.data?.encoder !== data.encoder || this.data?.decoder !== data.decoder
    this.data = data
    this.part("color").hidden = data.shape[0] === 1
    this.save.offer(data.file_name)
    if (isOther) this.load(data)
    this.adopt(data.drawn)
  }

  async load({ encoder, decoder }) {
    try {
      await this.computing.load({ encoder, decoder })
    } catch (error) {
      if (!this.isRemoved) this.fail(error)
      return
    }
    this.compute()
  }

  // The server tells which drawing to show: the one it received, or that of a link or of the browser's Back.
  adopt(drawn) {
    if (drawn === this.last) return
    this.last = drawn
    const sent = this.onItsWay.indexOf(drawn)
    this.onItsWay.splice(0, sent + 1)
    if (sent >= 0) return
    clearTimeout(this.resting)
    this.stroke = null
    const pixels = drawn ? decoded(drawn) : null
    this.marks.add(pixels ? { kind: "image", image: imageOf(pixels, this.data.shape), pixels } : { kind: "clear" })
    this.compute()
  }

  down(point) {
    this.say("")
    const color = this.data.shape[0] === 3 ? this.outer.querySelector("[name=color]").value : "white"
    const width = PER_PIXEL * this.outer.querySelector("[name=brush]").valueAsNumber
    clearTimeout(this.resting)
    this.stroke = this.marks.add({ kind: "stroke", points: [point], width, color })
    this.compute()
  }

  move(point) {
    if (!this.stroke) return // taken back while the pen was down
    this.marks.extend(this.stroke, point)
    this.compute()
  }

  undo() {
    this.say("")
    this.stroke = null
    this.marks.undo()
    this.changed()
  }

  clear() {
    this.say("")
    this.stroke = null
    if (!this.marks.isEmpty) this.marks.add({ kind: "clear" })
    this.changed()
  }

  // Called when the pen is lifted.
  changed() {
    this.compute()
    clearTimeout(this.resting)
    this.resting = setTimeout(() => this.send(), REST)
  }

  async takeFile(file) {
    const { shape, placement } = this.data
    try {
      const { image, did } = await take(file, { shape, placement, pad: this.part("ink") })
      if (this.isRemoved) return
      this.marks.add({ kind: "image", image })
      if (!this.image()) {
        this.marks.undo()
        throw new Refused("Nothing in this image stands out from its background; what was drawn stays.")
      }
      this.say(`${did.join("; ")}.`)
      this.changed()
    } catch (error) {
      if (!(error instanceof Refused)) console.error(error)
      this.say(error instanceof Refused ? error.message : "This image could not be read; take another one.")
    }
  }

  image() {
    return this.marks.exact ?? placed(this.marks.picture(), this.data.placement, this.data.shape)
  }

  // Called at most once per frame.
  compute() {
    if (this.frame) return
    this.outer.dataset.state = "computing"
    this.frame = requestAnimationFrame(() => {
      this.frame = null
      this.part("hint").textContent = this.marks.isEmpty ? "Draw here, or drop an image" : ""
      this.computing.follow(this.image(), (result) => this.show(result)).catch((error) => this.fail(error))
    })
  }

  show(result) {
    if (this.isRemoved) return
    this.readout.show(result, this.data)
    this.save.element.hidden = !result
    this.result = result
    this.tellOthers()
    const isDone = !this.frame && (!result?.logvar || result.draws.length > 0)
    if (isDone) this.outer.dataset.state = result ? "shown" : "empty"
  }

  send() {
    const image = this.image()
    const text = image ? encoded(image.map((value) => Math.round(value * (LEVELS - 1)) * (255 / (LEVELS - 1)))) : ""
    if (text === (this.onItsWay.at(-1) ?? this.last)) return
    this.onItsWay.push(text)
    this.component.setTriggerValue("drawn", text)
  }

  say(text) {
    this.part("notice").textContent = text
  }

  fail(error) {
    if (this.isRemoved) return
    console.error(error)
    this.say("The model could not be loaded; reload the page to try again.")
    this.outer.dataset.state = "failed"
  }

  // The latent canvas of the page, if there is one, shows where the drawing lies.
  tellOthers() {
    const { mean = null, logvar = null, pixels = null } = this.result ?? {}
    window.dispatchEvent(new CustomEvent("vaelab-posterior", { detail: { run: this.data.run, mean, logvar, pixels } }))
  }

  remove() {
    this.isRemoved = true
    window.removeEventListener("vaelab-posterior-wanted", this.tellAgain)
    clearTimeout(this.resting)
    cancelAnimationFrame(this.frame)
    this.computing.stop()
  }
}
