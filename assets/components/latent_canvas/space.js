// Codes of images, and the plane through latent space on which they are shown, as `vaelab/latent/planes.py` has
// it in Python: points of the plane are origin + x basis[0] + y basis[1], with orthonormal vectors.

const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0)

export class Space {
  // `tensors` are mean (count, dimensions), logvar (the same, or none) and labels (count).
  constructor({ mean, logvar, labels }, plane) {
    const [count, dimensions] = mean.shape
    Object.assign(this, { mean: mean.data, logvar: logvar?.data, labels: labels.data, count, dimensions })
    this.setPlane(plane)
  }

  setPlane(plane) {
    this.plane = plane
    this.points = new Float32Array(2 * this.count)
    for (let index = 0; index < this.count; index++) this.points.set(this.project(this.code(index)), 2 * index)
    if (this.dimensions === 1) this.spreadRows()
  }

  // With a single dimension the height has no meaning: each class has a row, spread so that points stay distinct.
  spreadRows() {
    for (let index = 0; index < this.count; index++) {
      const spread = ((index * 0.6180339887) % 1) - 0.5 // evenly, and always the same
      this.points[2 * index + 1] = this.labels[index] + 0.7 * spread
    }
  }

  code(index) {
    return this.mean.subarray(index * this.dimensions, (index + 1) * this.dimensions)
  }

  logvarOf(index) {
    return this.logvar ? this.logvar.subarray(index * this.dimensions, (index + 1) * this.dimensions) : null
  }

  point(index) {
    return [this.points[2 * index], this.points[2 * index + 1]]
  }

  // The orthogonal projection of a code onto the plane.
  project(code) {
    const { origin, basis } = this.plane
    const apart = Array.from(code, (value, dimension) => value - origin[dimension])
    return [dot(apart, basis[0]), dot(apart, basis[1])]
  }

  // The code at a point of the plane, with all other coordinates those of the code `anchor`.
  lift([x, y], anchor) {
    const { basis } = this.plane
    const [left, below] = this.project(anchor)
    return Float32Array.from(anchor, (value, dimension) => value + (x - left) * basis[0][dimension] + (y - below) * basis[1][dimension])
  }

  // The covariance of a diagonal Gaussian on the plane, as [xx, xy, yy].
  covariance(logvar) {
    const [across, up] = this.plane.basis
    const sum = (a, b) => logvar.reduce((total, value, dimension) => total + Math.exp(value) * a[dimension] * b[dimension], 0)
    return [sum(across, across), sum(across, up), sum(up, up)]
  }

  // The code with the smallest distance to `code` in all dimensions.
  nearest(code) {
    let best = -1
    let least = Infinity
    for (let index = 0; index < this.count; index++) {
      let distance = 0
      for (let dimension = 0; dimension < this.dimensions && distance < least; dimension++) {
        distance += (this.mean[index * this.dimensions + dimension] - code[dimension]) ** 2
      }
      if (distance < least) [best, least] = [index, distance]
    }
    return { index: best, distance: Math.sqrt(least) }
  }

  // The mean of a class's codes in all dimensions; null for a class without codes.
  meanCode(label) {
    const sum = new Float32Array(this.dimensions)
    let count = 0
    for (let index = 0; index < this.count; index++) {
      if (this.labels[index] !== label) continue
      this.code(index).forEach((value, dimension) => (sum[dimension] += value))
      count += 1
    }
    return count ? sum.map((value) => value / count) : null
  }

  // The class's median on the plane, where its name can stand; null for a class without codes.
  middle(label) {
    const members = []
    for (let index = 0; index < this.count; index++) if (this.labels[index] === label) members.push(index)
    if (members.length === 0) return null
    const median = (axis) => {
      const values = members.map((index) => this.points[2 * index + axis]).sort((a, b) => a - b)
      return values[values.length >> 1]
    }
    return [median(0), median(1)]
  }
}

// The half-axes and the direction of a Gaussian's ellipse at 1 sigma.
export function halfAxes([xx, xy, yy]) {
  const middle = (xx + yy) / 2
  const half = Math.hypot((xx - yy) / 2, xy)
  return {
    long: Math.sqrt(middle + half),
    short: Math.sqrt(Math.max(0, middle - half)), // rounding can make that of a flat ellipse slightly negative
    angle: Math.atan2(2 * xy, xx - yy) / 2,
  }
}

// The ellipse at `radius` standard deviations around a centre, as a closed curve.
export function ellipse([x, y], covariance, radius, count = 72) {
  const { long, short, angle } = halfAxes(covariance)
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  return Array.from({ length: count }, (_, step) => {
    const turn = (2 * Math.PI * step) / count
    const along = radius * long * Math.cos(turn)
    const aside = radius * short * Math.sin(turn)
    return [x + along * cosine - aside * sine, y + along * sine + aside * cosine]
  })
}
