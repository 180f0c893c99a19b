// The latent plane: codes by class, and the image decoded at the cursor, which the browser itself computes from
// the decoder's weights.
//
// This module keeps the component's data and loads the files that they name. picture.js draws the plane, and
// gestures.js has the effects of mouse, touch and keyboard.

import { mounted } from "../lib/mount.js"
import { save } from "../lib/saving.js"
import { Gestures } from "./gestures.js"
import { followHands } from "./hands.js"
import { legend } from "./legend.js"
import { loadCodes, loadImages, loadNetwork } from "./loading.js"
import { Manifold } from "./manifold.js"
import { Middles, Panel } from "./panel.js"
import { drawBase, drawOverlay, themeOf } from "./picture.js"
import { SharedCursor } from "./shared.js"
import { Space } from "./space.js"
import { Stage } from "./stage.js"
import { View } from "./view.js"

const GLIDE = 450 // milliseconds in which codes move to their new positions
const REST_LIVE = 60 // milliseconds between two pictures of that while a run trains, which each of them slows down

export const render = mounted((parentElement) => new LatentCanvas(parentElement))

class LatentCanvas {
  constructor(parentElement) {
    this.outer = parentElement.querySelector(".vaelab-canvas")
    this.plane = this.outer.querySelector(".vaelab-canvas-plane")
    ;[this.base, this.overlay] = this.plane.querySelectorAll("canvas")
    this.tools = this.outer.querySelector(".vaelab-canvas-tools")
    this.notice = this.outer.querySelector(".vaelab-notice")
    this.panel = new Panel(this.outer)
    this.view = new View()
    this.manifold = new Manifold()
    this.middles = new Middles()
    this.gestures = new Gestures(this)
    this.shared = new SharedCursor(this)
    this.stage = new Stage(this)
    this.hidden = new Set() // classes
    followHands(this.overlay, this.gestures)
    this.beginTools()
    this.observer = new ResizeObserver(() => this.fit())
    this.observer.observe(this.plane)
    this.takeDrawing = ({ detail }) => this.showDrawing(detail)
    window.addEventListener("vaelab-posterior", this.takeDrawing)
  }

  beginTools() {
    const { gestures } = this
    const actions = {
      closer: () => gestures.zoomBy(1.5),
      farther: () => gestures.zoomBy(1 / 1.5),
      reset: () => gestures.resetView(),
      lasso: () => gestures.toggleLasso(),
      download: () => this.download(),
    }
    for (const [name, action] of Object.entries(actions)) this.tools.querySelector(`[name=${name}]`).onclick = action
  }

  async update(component) {
    this.component = component
    const { data } = component
    const before = this.data
    this.data = data
    this.theme = themeOf(this.outer, data)
    this.outer.classList.toggle("compact", data.compact)
    this.outer.classList.toggle("shared", Boolean(data.shared))
    this.overlay.setAttribute("aria-label", data.alt)
    this.tools.querySelector("[name=lasso]").hidden = !data.lasso
    if (before?.decoder !== data.decoder || before?.anchor !== data.anchor || changed(before?.plane, data.plane)) {
      this.manifold.forget()
    }
    if (changed(before?.region, data.region)) this.gestures.lasso = []
    // Data of another run must not be drawn with this one.
    if (before?.run !== data.run) this.decoder = this.decoderUrl = null
    if (before?.images !== data.images) this.images = null
    this.stage.update(data)
    try {
      await this.load()
      Object.assign(this.outer.dataset, { state: data.state, step: data.step ?? "" })
    } catch (error) {
      if (this.removed || this.data !== data) return
      console.error(error)
      this.notice.hidden = false
      this.notice.textContent = "The codes could not be loaded; reload the page to try again."
    }
  }

  // If newer data arrive while files are being fetched, these files are dropped.
  async load() {
    const { data } = this
    const codes = await loadCodes(data.codes)
    if (this.removed || this.data !== data) return
    if (this.codes !== codes || changed(this.space.plane, data.plane)) {
      const before = this.shown
      this.codes = codes
      this.space = new Space(codes, data.plane)
      this.density = null
      this.middles.begin(this.space, data.classes)
      this.gestures.followCodes()
      this.glideFrom(before)
    }
    this.fit()
    this.view.setSpan({ ...data, positions: data.grid, square: this.space.dimensions > 1 })
    this.chosenPoint = data.shared?.position ? this.shared.point(data.shared.position) : data.point
    if (!this.outer.dataset.state) window.dispatchEvent(new Event("vaelab-posterior-wanted"))
    this.notice.hidden = true
    this.tools.inert = false
    legend(this.outer, data, this.hidden, () => this.redraw())
    this.redraw()
    if (data.network?.forward) this.stage.load()
    // A run in training has new weights every second: they are fetched only while somebody looks at them.
    if (!data.live || data.state !== "running" || this.gestures.cursor) await this.loadDecoder()
    if (data.network && !data.network.forward) this.stage.load()
  }

  async loadDecoder() {
    const { decoder, images } = this.data
    if (this.decoderUrl !== decoder) {
      const network = await loadNetwork(decoder)
      if (this.removed || this.data.decoder !== decoder) return
      this.decoder = network
      this.decoderUrl = decoder
      this.middles.begin(this.space, this.data.classes)
      this.redraw()
    }
    if (!this.images) {
      const loaded = await loadImages(images)
      if (this.removed || this.data.images !== images) return
      this.images = loaded
    }
    this.redraw({ overlayOnly: true })
  }

  // Moves the codes from their previous positions to the current ones.
  glideFrom(before) {
    const target = this.space.points
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    this.shown = target
    if (!before || before.length !== target.length || still) return
    const { live } = this.data
    const begun = performance.now()
    const step = () => {
      if (this.removed || this.space.points !== target) return
      const part = Math.min(1, (performance.now() - begun) / GLIDE)
      const eased = part * part * (3 - 2 * part)
      this.shown = part === 1 ? target : target.map((value, index) => before[index] + eased * (value - before[index]))
      this.redraw()
      if (part === 1) return
      // A timer, since the browser paints a frame for every request of one, even if nothing has changed.
      if (live) setTimeout(step, REST_LIVE)
      else requestAnimationFrame(step)
    }
    step()
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.plane
    if (width === 0 || height === 0 || !this.data) return
    const ratio = window.devicePixelRatio || 1
    for (const canvas of [this.base, this.overlay]) {
      const size = [Math.round(width * ratio), Math.round(height * ratio)]
      // Setting a canvas's size clears it, even if the size is the same.
      if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size
    }
    this.ratio = ratio
    this.theme = themeOf(this.outer, this.data) // letters too may have another size now
    this.view.resize(width, height, this.theme.letters)
    this.redraw()
  }

  // Draws both canvases in the next frame; with `overlayOnly`, if only the cursor has changed, just the overlay.
  redraw({ overlayOnly = false } = {}) {
    this.stale ||= !overlayOnly
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      if (this.removed || !this.space || !this.view.span || !this.ratio) return // its place may have no size yet
      if (this.stale) {
        this.stale = false
        drawBase(this, this.context(this.base))
      }
      drawOverlay(this, this.context(this.overlay))
    })
  }

  // Clears a canvas and returns its context, measured in pixels of the page.
  context(canvas) {
    const context = canvas.getContext("2d")
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0)
    context.clearRect(0, 0, canvas.width, canvas.height)
    return context
  }

  tell(selected) {
    if (this.data.selectable) this.component.setTriggerValue("selected", selected)
  }

  // The posterior of a drawing elsewhere on the page, from the encoder of the same run.
  showDrawing({ run, mean, logvar }) {
    if (run !== this.data?.run || !this.space) return
    this.outer.dataset.drawn = mean ? Array.from(this.space.project(mean)).join() : ""
    this.drawn = mean && { point: this.space.project(mean), covariance: logvar && this.space.covariance(logvar) }
    this.redraw({ overlayOnly: true })
  }

  download() {
    const picture = document.createElement("canvas")
    ;[picture.width, picture.height] = [this.base.width, this.base.height]
    const context = picture.getContext("2d")
    context.fillStyle = this.theme.background // so that light text stays readable wherever it is put
    context.fillRect(0, 0, picture.width, picture.height)
    for (const layer of [this.base, this.overlay]) context.drawImage(layer, 0, 0)
    save(`${this.data.key}.png`, picture.toDataURL("image/png"))
  }

  remove() {
    this.removed = true
    this.shared.close()
    this.observer.disconnect()
    this.stage.remove()
    window.removeEventListener("vaelab-posterior", this.takeDrawing)
  }
}

const changed = (before, after) => JSON.stringify(before) !== JSON.stringify(after)
