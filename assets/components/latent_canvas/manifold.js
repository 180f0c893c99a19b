// The decoded manifold: images decoded all over the plane, as a background of small pictures.
//
// Decoding hundreds of images takes longer than a frame. So cells are decoded a few at a time, visible ones
// first, and kept while decoder, plane and anchor stay the same.

const CELL = 38 // pixels a side, about, where no grid is given
const BUDGET = 8 // milliseconds of a frame
const MOST = 3000 // cells kept

export class Manifold {
  constructor() {
    this.cells = new Map()
  }

  forget() {
    this.cells.clear()
  }

  // Draws the decoded cells and decodes some of the others; returns whether any are still missing.
  // `decode` maps a point of the plane to an ImageData.
  draw(context, view, grid, decode) {
    const begun = performance.now()
    const [columns, rows] = [0, 1].map((axis) => cellsInView(view, axis, grid))
    if (this.cells.size > MOST) this.cells.clear()
    let missing = false
    context.imageSmoothingEnabled = false
    for (const row of rows) {
      for (const column of columns) {
        const key = `${column.middle} ${row.middle}`
        if (!this.cells.has(key)) {
          if (performance.now() - begun > BUDGET) {
            missing = true
            continue
          }
          this.cells.set(key, picture(decode([column.middle, row.middle])))
        }
        const [left, bottom] = view.toScreen([column.low, row.low])
        const [right, top] = view.toScreen([column.high, row.high])
        context.drawImage(this.cells.get(key), left, top, right - left, bottom - top)
      }
    }
    return missing
  }
}

// The visible cells of one axis: those around the given positions, or equal ones of a round size that stay in
// place while the view moves.
function cellsInView(view, axis, grid) {
  const [low, high] = view.ends(axis)
  const positions = axis === 0 ? grid?.x : grid?.y
  if (positions) {
    return positions.map((middle, index) => around(positions, index, middle)).filter((cell) => cell.high > low && cell.low < high)
  }
  const side = 2 ** Math.round(Math.log2(CELL / view.pixels[axis]))
  const first = Math.floor(low / side)
  const count = Math.ceil(high / side) - first
  return Array.from({ length: count }, (_, index) => {
    const start = (first + index) * side
    return { low: start, middle: start + side / 2, high: start + side }
  })
}

// Edges halfway to both neighbours; the outermost cells extend as far outwards as inwards.
function around(positions, index, middle) {
  const before = positions[index - 1] ?? 2 * middle - (positions[index + 1] ?? middle + 1)
  const after = positions[index + 1] ?? 2 * middle - before
  return { low: (before + middle) / 2, middle, high: (middle + after) / 2 }
}

function picture(image) {
  const canvas = document.createElement("canvas")
  canvas.width = image.width
  canvas.height = image.height
  canvas.getContext("2d").putImageData(image, 0, 0)
  return canvas
}
