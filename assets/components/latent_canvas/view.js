// The visible part of the plane, and its position on the screen.

// Pixels around the plane for letters of 12 pixels.
const MARGIN = { left: 46, right: 10, top: 10, bottom: 40 }
const LARGEST_ZOOM = 2000 // times the whole span

// A scale of an axis. Usually the plane's own; with `positions` these lie at equal distances, so that a
// grid whose lines are not evenly spaced, such as quantiles, has cells of one size.
class Scale {
  constructor(positions) {
    this.positions = positions?.length > 1 ? positions : null
  }

  map(value) {
    if (!this.positions) return value
    const { positions } = this
    let cell = positions.findIndex((position) => position > value) - 1
    if (cell === -2) cell = positions.length - 2 // beyond the last: as between the last two
    cell = Math.max(0, cell)
    return cell + (value - positions[cell]) / (positions[cell + 1] - positions[cell])
  }

  unmap(mapped) {
    if (!this.positions) return mapped
    const cell = Math.min(Math.max(0, Math.floor(mapped)), this.positions.length - 2)
    return this.positions[cell] + (mapped - cell) * (this.positions[cell + 1] - this.positions[cell])
  }
}

export class View {
  constructor() {
    this.revision = null
    this.frame = { left: 0, top: 0, width: 1, height: 1 }
  }

  // `span` are the ends of both axes. The user's zoom stays until `revision` changes.
  setSpan({ span, revision, positions, square }) {
    this.scales = [new Scale(positions?.x), new Scale(positions?.y)]
    this.square = square
    this.span = span
    const changed = JSON.stringify(revision) !== this.revision
    this.revision = JSON.stringify(revision)
    if (changed || !this.moved) this.reset()
  }

  resize(width, height, letters = 12) {
    const [left, right, top, bottom] = ["left", "right", "top", "bottom"].map((side) => (MARGIN[side] * letters) / 12)
    this.frame = { left, top, width: width - left - right, height: height - top - bottom }
    if (this.span && !this.moved) this.reset()
  }

  reset() {
    this.moved = false
    const ends = this.span.map(([low, high], axis) => [this.scales[axis].map(low), this.scales[axis].map(high)])
    this.centre = ends.map(([low, high]) => (low + high) / 2)
    const { width, height } = this.frame
    this.pixels = [width, height].map((length, axis) => length / (ends[axis][1] - ends[axis][0] || 1))
    if (this.square) this.pixels.fill(Math.min(...this.pixels))
    this.least = [...this.pixels]
  }

  toScreen([x, y]) {
    const { left, top, width, height } = this.frame
    return [
      left + width / 2 + (this.scales[0].map(x) - this.centre[0]) * this.pixels[0],
      top + height / 2 - (this.scales[1].map(y) - this.centre[1]) * this.pixels[1],
    ]
  }

  // The same for many points, given as x and y alternately.
  toScreenAll(points) {
    const result = new Float32Array(points.length)
    const { left, top, width, height } = this.frame
    const zero = [left + width / 2, top + height / 2]
    for (const axis of [0, 1]) {
      const pixels = axis === 0 ? this.pixels[0] : -this.pixels[1]
      for (let index = axis; index < points.length; index += 2) {
        result[index] = zero[axis] + (this.scales[axis].map(points[index]) - this.centre[axis]) * pixels
      }
    }
    return result
  }

  toPlane([across, down]) {
    const { left, top, width, height } = this.frame
    return [
      this.scales[0].unmap(this.centre[0] + (across - left - width / 2) / this.pixels[0]),
      this.scales[1].unmap(this.centre[1] - (down - top - height / 2) / this.pixels[1]),
    ]
  }

  holds([across, down]) {
    const { left, top, width, height } = this.frame
    return across >= left && across <= left + width && down >= top && down <= top + height
  }

  // The position within the frame that is nearest to a position on the screen.
  nearest([across, down]) {
    const { left, top, width, height } = this.frame
    return [Math.min(Math.max(across, left), left + width), Math.min(Math.max(down, top), top + height)]
  }

  middle() {
    const { left, top, width, height } = this.frame
    return [left + width / 2, top + height / 2]
  }

  panBy(across, down) {
    this.moved = true
    this.centre = [this.centre[0] - across / this.pixels[0], this.centre[1] + down / this.pixels[1]]
  }

  // Zooms so that the point under the given position on the screen stays there.
  zoomAt([across, down], factor) {
    const wanted = (this.pixels[0] * factor) / this.least[0]
    const change = Math.min(Math.max(wanted, 0.2), LARGEST_ZOOM) / (this.pixels[0] / this.least[0])
    const [middle, centre] = this.middle()
    const grown = this.pixels.map((length) => length * change)
    this.moved = true
    this.centre = [
      this.centre[0] + (across - middle) * (1 / this.pixels[0] - 1 / grown[0]),
      this.centre[1] - (down - centre) * (1 / this.pixels[1] - 1 / grown[1]),
    ]
    this.pixels = grown
  }

  // The visible ends of an axis.
  ends(axis) {
    const half = (axis === 0 ? this.frame.width : this.frame.height) / 2 / this.pixels[axis]
    return [this.centre[axis] - half, this.centre[axis] + half].map((end) => this.scales[axis].unmap(end))
  }

  // The ticks of an axis, at round values or at the cells of the grid, as { value, text }.
  ticks(axis) {
    const [low, high] = this.ends(axis)
    const room = Math.max(2, Math.floor((axis === 0 ? this.frame.width : this.frame.height) / 50))
    const { positions } = this.scales[axis]
    const values = positions
      ? thinned(positions.filter((position) => position >= low && position <= high), room)
      : roundNumbers(low, high, room)
    const step = values.length > 1 ? Math.abs(values[1] - values[0]) : 1
    const decimals = Math.max(positions ? 2 : 0, Math.ceil(-Math.log10(step) - 1e-9))
    return values.map((value) => ({ value, text: number(value, Math.min(decimals, 6)) }))
  }
}

function roundNumbers(low, high, room) {
  const rough = (high - low) / room
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((length) => length >= rough)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, index) => (first + index) * step)
}

function thinned(values, room) {
  const every = Math.ceil(values.length / room)
  const start = Math.floor(((values.length - 1) % every) / 2)
  return values.filter((_, index) => index % every === start)
}

// A number with a true minus sign, as in all texts of the pages.
export function number(value, decimals) {
  const text = value.toFixed(decimals)
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−")
}
