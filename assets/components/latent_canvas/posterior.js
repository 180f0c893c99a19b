// A posterior to scale, at 1 and 2 sigma: ellipses on a plane; in one dimension, bands over its whole height.

import { halo, trace } from "./base.js"
import { digits } from "./overlay.js"
import { ellipse, halfAxes } from "./space.js"

const SMALLEST = 7 // pixels, below which a posterior's long half-axis cannot be seen
const INSET = 116 // pixels a side, or less on a narrow plane
const WORDS = 36 // pixels below it for what it is
const AWAY = 16 // pixels between it and the point that it magnifies, at least

// A posterior too narrow to see is drawn again, magnified, in the first of the free `corners`, which it removes
// from that list. Without a covariance, which a code of an AE does not have, only a line is drawn.
export function drawPosterior(context, view, { point, covariance, isLine, theme, corners, name, inset = true }) {
  if (isLine) drawBands(context, theme, bandsOf(view, point, covariance))
  else for (const radius of [1, 2]) outline(context, theme, ellipse(point, covariance, radius).map((corner) => view.toScreen(corner)))
  if (!covariance || !inset) return
  const { long, short } = halfAxes(covariance)
  const scale = isLine ? view.pixels[0] : Math.min(...view.pixels)
  if (view.scales.some(({ positions }) => positions) || 2 * long * scale >= SMALLEST) return
  const box = freeBox(view, corners, point)
  drawInset(context, box, { covariance, isLine, theme, name, long, short, scale })
}

// A corner in which the inset does not cover the point that it magnifies.
function freeBox(view, corners, point) {
  const { left, top, width, height } = view.frame
  const side = Math.min(INSET, 0.34 * width)
  const [x, y] = view.toScreen(point)
  const boxAt = (corner) => ({
    side,
    x: corner.endsWith("left") ? left + 8 : left + width - side - 8,
    y: corner.startsWith("top") ? top + 8 : top + height - side - WORDS - 8,
  })
  const isOn = (box) => x > box.x - AWAY && x < box.x + side + AWAY && y > box.y - AWAY && y < box.y + side + WORDS + AWAY
  const corner = corners.find((each) => !isOn(boxAt(each))) ?? corners[0]
  corners.splice(corners.indexOf(corner), 1)
  return boxAt(corner)
}

function bandsOf(view, point, covariance) {
  const { top, height } = view.frame
  return { x: view.toScreen(point)[0], sigma: covariance ? Math.sqrt(covariance[0]) * view.pixels[0] : 0, top, height }
}

// Filled twice, so that the area within 1 sigma is darker.
function drawBands(context, theme, { x, sigma, top, height }) {
  Object.assign(context, { fillStyle: theme.posterior, strokeStyle: theme.posterior, lineWidth: 2 })
  context.globalAlpha = 0.3
  for (const radius of [1, 2]) context.fillRect(x - radius * sigma, top, 2 * radius * sigma, height)
  context.globalAlpha = 1
  trace(context, [[x, top], [x, top + height]])
  context.stroke()
}

function outline(context, theme, curve) {
  for (const [color, width] of [[theme.background, 5], [theme.posterior, 2.5]]) {
    trace(context, curve)
    context.closePath()
    Object.assign(context, { strokeStyle: color, lineWidth: width })
    context.stroke()
  }
}

function drawInset(context, { x, y, side }, { covariance, isLine, theme, name, long, short, scale }) {
  const factor = roundFactor((side * 0.2) / (long * scale))
  Object.assign(context, { fillStyle: theme.background, strokeStyle: theme.lines, lineWidth: 1 })
  context.fillRect(x, y, side, side + WORDS)
  context.strokeRect(x, y, side, side + WORDS)
  const middle = [x + side / 2, y + side / 2]
  const magnified = ([right, up]) => [middle[0] + right * scale * factor, middle[1] - up * scale * factor]
  if (isLine) drawBands(context, theme, { x: middle[0], sigma: long * scale * factor, top: y, height: side })
  else for (const radius of [1, 2]) outline(context, theme, ellipse([0, 0], covariance, radius).map(magnified))
  halo(context, theme, `${name} × ${factor}`, x + side / 2, y + side + 14)
  halo(context, theme, isLine ? `σ ${digits(long)}` : `half-axes ${digits(long)}, ${digits(short)}`, x + side / 2, y + side + 32)
}

function roundFactor(wanted) {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return [1, 2, 5, 10].map((factor) => factor * power).reduce((best, factor) => (factor <= wanted ? factor : best))
}
