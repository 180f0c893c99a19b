// One cursor for several planes of a page. While a pointer is on one plane, the others mark the same test image
// or, between codes, the same relative position: for a VAE the quantile of the prior along each axis, for an AE,
// which has no prior, the share of the range of its codes. Both are numbers from 0 to 1.

const EVENT = "vaelab-cursor"
const EDGE = 1e-9 // quantiles nearer to 0 or 1 than this, six standard deviations out, stand for no draw of the prior

export class SharedCursor {
  constructor(canvas) {
    this.canvas = canvas
    this.take = ({ detail }) => this.follow(detail)
    window.addEventListener(EVENT, this.take)
  }

  // Tells the other planes the position of this plane's cursor.
  tell() {
    const { data, gestures, outer } = this.canvas
    if (!data?.shared) return
    const { cursor } = gestures
    const position = cursor && this.position(cursor.point)
    const detail = { from: this.canvas, channel: data.shared.channel, images: data.images, index: cursor?.snapped ?? -1, position }
    outer.dataset.position = position?.join() ?? ""
    window.dispatchEvent(new CustomEvent(EVENT, { detail }))
  }

  follow({ from, channel, images, index, position }) {
    const { data, space, view, gestures, outer } = this.canvas
    if (from === this.canvas || channel !== data?.shared?.channel || !space || !view.span) return
    outer.dataset.position = position?.join() ?? ""
    if (!position) return gestures.follow(null, -1)
    const isHere = index >= 0 && images === data.images && index < space.count
    gestures.follow(isHere ? space.point(index) : this.point(position), isHere ? index : -1)
  }

  position(point) {
    return this.axes().map((axis, number) => axis.position(point[number]))
  }

  point(position) {
    return this.axes().map((axis, number) => axis.value(position[number]))
  }

  // Converts a relative position to coordinates along each axis of this plane.
  axes() {
    const { data, space, view } = this.canvas
    if (this.of !== space) {
      this.of = space
      const centre = data.shared.prior && space.project(new Float32Array(space.dimensions))
      this.both = [0, 1].map((axis) => (centre ? normal(centre[axis]) : between(ends(space.points, axis))))
    }
    // With a single dimension the height has no meaning, and the middle stands for all heights.
    return space.dimensions > 1 ? this.both : [this.both[0], { position: () => 0.5, value: () => (view.span[1][0] + view.span[1][1]) / 2 }]
  }

  close() {
    window.removeEventListener(EVENT, this.take)
  }
}

const normal = (centre) => ({
  position: (value) => cumulative(value - centre),
  value: (position) => centre + quantile(Math.min(1 - EDGE, Math.max(EDGE, position))),
})

const between = ([low, high]) => ({
  position: (value) => Math.min(1, Math.max(0, (value - low) / (high - low || 1))),
  value: (position) => low + position * (high - low),
})

function ends(points, axis) {
  const found = [Infinity, -Infinity]
  for (let index = axis; index < points.length; index += 2) {
    found[0] = Math.min(found[0], points[index])
    found[1] = Math.max(found[1], points[index])
  }
  return found
}

// The distribution function of the standard normal distribution. Its error function is the Chebyshev fit of Press
// and others, "Numerical Recipes", section 6.2, with a relative error below 1.2e-7.
const FIT = [-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277]

export function cumulative(value) {
  const t = 1 / (1 + Math.abs(value) / Math.SQRT2 / 2)
  const tail = (t / 2) * Math.exp((-value * value) / 2 + FIT.reduceRight((sum, factor) => sum * t + factor, 0))
  return value > 0 ? 1 - tail : tail
}

// The inverse by bisection: where the distribution passes the given probability.
export function quantile(probability) {
  let [low, high] = [-7, 7]
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2
    if (cumulative(middle) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}
