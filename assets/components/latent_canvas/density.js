// The density of codes at every position of the plane, and its rank among the densities at the codes themselves.
// A decoder draws something everywhere, but was trained only near codes.

const CELLS = 96 // a side
const AIR = 0.12 // of the codes' extent, around them
const HOLE = 0.01 // share of the codes whose surroundings are emptier than where a hole begins

export class Density {
  // `points` holds x and y alternately.
  constructor(points) {
    const count = points.length / 2
    this.low = [0, 1].map((axis) => extreme(points, axis, Math.min))
    this.high = [0, 1].map((axis) => extreme(points, axis, Math.max))
    for (const axis of [0, 1]) {
      const air = AIR * (this.high[axis] - this.low[axis]) || 1
      this.low[axis] -= air
      this.high[axis] += air
    }
    const counts = new Float32Array(CELLS * CELLS)
    for (let index = 0; index < count; index++) {
      const [column, row] = this.cell([points[2 * index], points[2 * index + 1]]).map(Math.floor)
      if (column >= 0 && row >= 0 && column < CELLS && row < CELLS) counts[row * CELLS + column] += 1
    }
    // Scott's rule for two dimensions, halved because codes lie in clusters; at least one cell.
    const width = [0, 1].map((axis) => {
      const cells = (deviation(points, axis) / (this.high[axis] - this.low[axis])) * CELLS
      return Math.max(1, 0.5 * cells * count ** (-1 / 6))
    })
    this.values = blurred(blurred(counts, width[0], 1, CELLS), width[1], CELLS, 1)
    this.ofCodes = Float32Array.from({ length: count }, (_, index) => this.at([points[2 * index], points[2 * index + 1]])).sort()
  }

  cell([x, y]) {
    return [x, y].map((value, axis) => ((value - this.low[axis]) / (this.high[axis] - this.low[axis])) * CELLS)
  }

  // Interpolates between the centres of four cells.
  at(point) {
    const [across, up] = this.cell(point).map((coordinate) => coordinate - 0.5)
    const [column, row] = [Math.floor(across), Math.floor(up)]
    let sum = 0
    for (const [right, above] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
      const [x, y] = [column + right, row + above]
      if (x < 0 || y < 0 || x >= CELLS || y >= CELLS) continue
      sum += this.values[y * CELLS + x] * (1 - Math.abs(across - x)) * (1 - Math.abs(up - y))
    }
    return sum
  }

  // Share of the codes that have a lower density than this position.
  rank(value) {
    let [low, high] = [0, this.ofCodes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.ofCodes[middle] < value) low = middle + 1
      else high = middle
    }
    return low / this.ofCodes.length
  }

  isHole(point) {
    return this.rank(this.at(point)) < HOLE
  }

  // A picture of the density in one colour, transparent in holes. The top row has the largest y.
  picture([red, green, blue]) {
    const color = `${red},${green},${blue}`
    if (this.drawn?.color === color) return this.drawn.canvas
    const canvas = document.createElement("canvas")
    canvas.width = canvas.height = CELLS
    const image = new ImageData(CELLS, CELLS)
    for (let row = 0; row < CELLS; row++) {
      for (let column = 0; column < CELLS; column++) {
        const rank = this.rank(this.values[(CELLS - 1 - row) * CELLS + column])
        image.data.set([red, green, blue, rank < HOLE ? 0 : 40 + 150 * rank], 4 * (row * CELLS + column))
      }
    }
    canvas.getContext("2d").putImageData(image, 0, 0)
    this.drawn = { color, canvas }
    return canvas
  }
}

function extreme(points, axis, choose) {
  let result = points[axis]
  for (let index = axis; index < points.length; index += 2) result = choose(result, points[index])
  return result
}

function deviation(points, axis) {
  const count = points.length / 2
  let [sum, squares] = [0, 0]
  for (let index = axis; index < points.length; index += 2) {
    sum += points[index]
    squares += points[index] ** 2
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2))
}

// Smooths along one axis of the grid: `step` leads from a cell to the next, `across` from a line to the next.
function blurred(values, width, step, across) {
  const reach = Math.ceil(3 * width)
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, index) => Math.exp(-0.5 * ((index - reach) / width) ** 2))
  const total = kernel.reduce((sum, weight) => sum + weight, 0)
  const result = new Float32Array(values.length)
  for (let line = 0; line < CELLS; line++) {
    for (let cell = 0; cell < CELLS; cell++) {
      let sum = 0
      for (let index = 0; index < kernel.length; index++) {
        const from = cell + index - reach
        if (from >= 0 && from < CELLS) sum += kernel[index] * values[line * across + from * step]
      }
      result[line * across + cell * step] = sum / total
    }
  }
  return result
}
