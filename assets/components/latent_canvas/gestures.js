// The effects of mouse, touch and keyboard (hands.js) on a canvas (main.js). Positions are in pixels of the canvas.

import { digits } from "./overlay.js"

const SNAP = 7 // pixels within which the cursor takes to a code
const APART = 6 // pixels between two corners of a region
const MOST_CORNERS = 80 // that the page takes

export class Gestures {
  constructor(canvas) {
    this.canvas = canvas
    this.cursor = null // { point, snapped, aim }: a point of the plane, the code there or -1, and where it was put
    this.hoveredAnchor = null // the code that was hovered last, which gives the coordinates left open
    this.pinned = false // whether the cursor stays when the mouse leaves
    this.lassoing = false
    this.lasso = [] // corners on the plane
    this.corner = null // the first one of a region by keys
  }

  moveTo(position, { bySteps = false } = {}) {
    const { space, view } = this.canvas
    if (!space) return
    if (!view.holds(position) && !bySteps) return this.leave()
    const snapped = this.lassoing ? -1 : this.codeAt(position)
    const aim = view.toPlane(position)
    if (bySteps) this.bringIntoView(position)
    this.putCursor(snapped >= 0 ? space.point(snapped) : aim, snapped, { aim, bySteps })
  }

  // `aim` is where the cursor was put, and where its next step begins: it may have snapped to a code nearby.
  putCursor(point, snapped, { aim, bySteps }) {
    if (snapped >= 0) this.hoveredAnchor = snapped
    this.pinned = bySteps // keys have no way to leave
    this.setCursor({ point, snapped, aim, bySteps })
    this.canvas.shared.tell()
  }

  setCursor(cursor) {
    this.cursor = cursor
    if (cursor) this.canvas.loadDecoder().catch(console.error)
    this.canvas.redraw({ overlayOnly: true })
  }

  // Follows the cursor of another plane of the page; null if that cursor has left its plane.
  follow(point, snapped) {
    this.pinned = false
    this.hoveredAnchor = snapped >= 0 ? snapped : point && this.hoveredAnchor
    this.setCursor(point && { point, snapped, aim: point, bySteps: false })
  }

  // Called when codes have moved or are fewer: a snapshot with many dimensions keeps the first codes only.
  followCodes() {
    const { space } = this.canvas
    if (this.hoveredAnchor >= space.count) this.hoveredAnchor = null
    if (!this.cursor || this.cursor.snapped < 0) return
    if (this.cursor.snapped < space.count) this.cursor.point = this.cursor.aim = space.point(this.cursor.snapped)
    else this.cursor = null
  }

  cursorPosition() {
    const { view } = this.canvas
    return this.cursor ? view.toScreen(this.cursor.aim) : view.middle()
  }

  leave() {
    if (this.pinned || !this.cursor) return
    this.hoveredAnchor = null
    this.setCursor(null)
    this.canvas.shared.tell()
  }

  // The index of the code nearest to a position on the screen; -1 if none is within reach.
  codeAt([x, y], reach = SNAP) {
    const { data, space, screen, hidden } = this.canvas
    let best = -1
    let least = reach ** 2
    if (!data.layers.points || !screen) return best // nothing is drawn, or nothing yet
    for (let index = 0; index < space.count; index++) {
      const distance = (screen[2 * index] - x) ** 2 + (screen[2 * index + 1] - y) ** 2
      if (distance < least && !hidden.has(space.labels[index])) [best, least] = [index, distance]
    }
    return best
  }

  jumpToNearest() {
    const { space, view } = this.canvas
    const index = this.codeAt(this.cursorPosition(), Infinity)
    if (index < 0) return
    const point = space.point(index)
    this.bringIntoView(view.toScreen(point))
    this.putCursor(point, index, { aim: point, bySteps: true })
  }

  choose(position) {
    if (!this.canvas.view.holds(position)) return
    this.moveTo(position)
    this.chooseCursor()
  }

  // Chooses a code by its number, or any other point by its coordinates, and keeps it decoded.
  chooseCursor() {
    if (!this.cursor) this.moveTo(this.canvas.view.middle())
    if (!this.cursor) return
    this.pinned = true
    const { point, snapped } = this.cursor
    this.canvas.panel.say([snapped >= 0 ? `Test image ${snapped} is chosen.` : "This point is kept."])
    const relative = this.canvas.data.shared && this.canvas.shared.position(point)
    this.canvas.tell(snapped >= 0 ? { kind: "code", index: snapped } : { kind: "point", point, position: relative })
  }

  panBy(across, down) {
    this.canvas.view.panBy(across, down)
    this.canvas.redraw()
  }

  // Moves the plane so far that a position beyond the visible edge comes to lie on the edge.
  bringIntoView(position) {
    const seen = this.canvas.view.nearest(position)
    if (seen[0] !== position[0] || seen[1] !== position[1]) this.panBy(seen[0] - position[0], seen[1] - position[1])
  }

  zoomAt(position, factor) {
    const { view } = this.canvas
    const aim = this.cursor?.aim
    view.zoomAt(position, factor)
    this.canvas.redraw()
    // Under a mouse that does not move, another code may be within reach now, or none.
    if (aim && !this.pinned) requestAnimationFrame(() => this.moveTo(view.toScreen(aim)))
  }

  // Zooms by keys or buttons, and announces the visible range to screen readers.
  zoomBy(factor, position = this.canvas.view.middle()) {
    this.zoomAt(position, factor)
    this.sayView()
  }

  resetView() {
    this.canvas.view.reset()
    this.canvas.redraw()
    this.sayView()
  }

  sayView() {
    const { view, data, panel } = this.canvas
    const parts = data.plane.labels.map((label, axis) => label && `${label} from ${view.ends(axis).map(digits).join(" to ")}`)
    panel.say([`Shown now: ${parts.filter(Boolean).join(", ")}.`])
  }

  toggleLasso() {
    const { data, tools } = this.canvas
    if (!data.lasso) return
    this.lassoing = !this.lassoing
    this.corner = null
    this.lasso = []
    tools.querySelector("[name=lasso]").setAttribute("aria-pressed", String(this.lassoing))
    if (this.lassoing) this.advise("Draw round a region, or press Enter at two opposite corners.")
    this.canvas.redraw({ overlayOnly: true })
  }

  lassoAt(position) {
    const { view } = this.canvas
    const last = this.lasso.length ? view.toScreen(this.lasso.at(-1)) : [Infinity, Infinity]
    if (Math.hypot(position[0] - last[0], position[1] - last[1]) >= APART) this.lasso.push(view.toPlane(position))
    this.canvas.redraw({ overlayOnly: true })
  }

  // Selects by keys: a rectangle between two corners.
  cornerAt(position) {
    const [x, y] = this.canvas.view.toPlane(position)
    if (!this.corner) {
      this.corner = [x, y]
      return this.advise("First corner. Move on, and press Enter at the opposite one.")
    }
    const [left, low] = this.corner
    if (this.isOneLine([left, low], position)) {
      return this.advise("Both corners lie on one line. Move on, and press Enter at the opposite one.")
    }
    this.lasso = [[left, low], [x, low], [x, y], [left, y]]
    this.endLasso()
  }

  // Says what to do next with a region. The text stays until the next action, wherever the cursor goes.
  advise(sentence) {
    this.advice = sentence
    this.canvas.panel.say([sentence])
  }

  // A region without width is empty; with a single dimension its height does not matter.
  isOneLine(corner, position) {
    const { space, view } = this.canvas
    const [across, up] = view.toScreen(corner).map((pixel, axis) => Math.abs(pixel - position[axis]))
    return across < APART || (space.dimensions > 1 && up < APART)
  }

  endLasso() {
    const { space } = this.canvas
    const every = Math.ceil(this.lasso.length / MOST_CORNERS)
    const corners = this.lasso.filter((_, index) => index % every === 0)
    const region = space.dimensions === 1 ? this.wholeRows(corners) : corners
    this.toggleLasso()
    this.lasso = region // shown until the page has it
    if (region.length > 2) this.canvas.tell({ kind: "region", region })
    else this.cancel()
  }

  // With a single dimension the height has no meaning: a region is the range between two values.
  wholeRows(corners) {
    if (corners.length < 3) return corners
    const [left, right] = [Math.min, Math.max].map((choose) => choose(...corners.map(([x]) => x)))
    const [low, high] = this.canvas.data.span[1]
    return [[left, low], [right, low], [right, high], [left, high]]
  }

  cancel() {
    if (this.lassoing) this.toggleLasso()
    this.lasso = []
    this.pinned = false
    if (this.canvas.stage.network) this.leave() // the picked image is shown again
    this.canvas.redraw({ overlayOnly: true })
  }
}
