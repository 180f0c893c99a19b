// What mouse, touch and keyboard (hands.js) do to a canvas (main.js). Places are pixels of the canvas.

const SNAP = 7 // pixels within which the cursor takes to a code
const APART = 6 // pixels between two corners of a region
const MOST_CORNERS = 80 // that the page takes

export class Gestures {
  constructor(canvas) {
    this.canvas = canvas
    this.cursor = null // { point, snapped, place }: a place of the plane, and the code there or -1
    this.hoveredAnchor = null // the code that was hovered last, which gives the coordinates left open
    this.pinned = false // whether the cursor stays when the mouse leaves
    this.lassoing = false
    this.lasso = [] // corners on the plane
    this.corner = null // the first one of a region by keys
  }

  moveTo(place, { bySteps = false } = {}) {
    const { space, view } = this.canvas
    if (!space) return
    if (!view.holds(place)) return bySteps ? this.panTowards(place) : this.leave()
    const snapped = this.lassoing ? -1 : this.codeAt(place)
    this.putCursor(snapped >= 0 ? space.point(snapped) : view.toPlane(place), snapped, place, bySteps)
  }

  putCursor(point, snapped, place, bySteps) {
    if (snapped >= 0) this.hoveredAnchor = snapped
    this.pinned = bySteps // keys have no way to leave
    this.cursor = { point, snapped, place, bySteps }
    this.canvas.loadDecoder().catch(console.error)
    this.canvas.redraw({ overlayOnly: true })
  }

  // Codes have moved, or there are fewer: a snapshot of many dimensions keeps the first ones only.
  followCodes() {
    const { space } = this.canvas
    if (this.hoveredAnchor >= space.count) this.hoveredAnchor = null
    if (!this.cursor || this.cursor.snapped < 0) return
    if (this.cursor.snapped < space.count) this.cursor.point = space.point(this.cursor.snapped)
    else this.cursor = null
  }

  cursorPlace() {
    return this.cursor?.place ?? this.canvas.view.middle()
  }

  leave() {
    if (this.pinned || !this.cursor) return
    this.cursor = null
    this.hoveredAnchor = null
    this.canvas.redraw({ overlayOnly: true })
  }

  // The code nearest to a place of the screen, -1 if there is none within reach.
  codeAt([x, y], reach = SNAP) {
    const { data, space, screen, hidden } = this.canvas
    let best = -1
    let least = reach ** 2
    if (!data.layers.points) return best
    for (let index = 0; index < space.count; index++) {
      const distance = (screen[2 * index] - x) ** 2 + (screen[2 * index + 1] - y) ** 2
      if (distance < least && !hidden.has(space.labels[index])) [best, least] = [index, distance]
    }
    return best
  }

  jumpToNearest() {
    const { space, view } = this.canvas
    const index = this.codeAt(this.cursorPlace(), Infinity)
    if (index >= 0) this.putCursor(space.point(index), index, view.toScreen(space.point(index)), true)
  }

  // A click or Enter: a code is chosen by its number, any other place by its coordinates, and stays decoded.
  choose(place) {
    if (this.cursor?.place !== place) this.moveTo(place)
    if (!this.cursor) return
    this.pinned = true
    const { point, snapped } = this.cursor
    this.canvas.tell(snapped >= 0 ? { kind: "code", index: snapped } : { kind: "point", point })
  }

  panBy(across, down) {
    this.canvas.view.panBy(across, down)
    this.canvas.redraw()
  }

  // By keys, at the edge of what is seen: the plane moves under the cursor.
  panTowards(place) {
    const from = this.cursorPlace()
    this.panBy(from[0] - place[0], from[1] - place[1])
  }

  zoomAt(place, factor) {
    this.canvas.view.zoomAt(place, factor)
    this.canvas.redraw()
  }

  resetView() {
    this.canvas.view.reset()
    this.canvas.redraw()
  }

  toggleLasso() {
    const { data, tools, panel } = this.canvas
    if (!data.lasso) return
    this.lassoing = !this.lassoing
    this.corner = null
    this.lasso = []
    tools.querySelector("[name=lasso]").setAttribute("aria-pressed", String(this.lassoing))
    if (this.lassoing) panel.say(["Draw round a region, or press Enter at two opposite corners."])
    this.canvas.redraw({ overlayOnly: true })
  }

  lassoAt(place) {
    const { view } = this.canvas
    const last = this.lasso.length ? view.toScreen(this.lasso.at(-1)) : [Infinity, Infinity]
    if (Math.hypot(place[0] - last[0], place[1] - last[1]) >= APART) this.lasso.push(view.toPlane(place))
    this.canvas.redraw({ overlayOnly: true })
  }

  // By keys: a rectangle between two corners.
  cornerAt(place) {
    const [x, y] = this.canvas.view.toPlane(place)
    if (!this.corner) {
      this.corner = [x, y]
      return this.canvas.panel.say(["First corner. Move on, and press Enter at the opposite one."])
    }
    const [left, low] = this.corner
    this.lasso = [[left, low], [x, low], [x, y], [left, y]]
    this.endLasso()
  }

  endLasso() {
    const every = Math.ceil(this.lasso.length / MOST_CORNERS)
    const region = this.lasso.filter((_, place) => place % every === 0)
    this.toggleLasso()
    this.lasso = region // shown until the page has it
    if (region.length > 2) this.canvas.tell({ kind: "region", region })
    else this.cancel()
  }

  cancel() {
    if (this.lassoing) this.toggleLasso()
    this.lasso = []
    this.pinned = false
    this.canvas.redraw({ overlayOnly: true })
  }
}
