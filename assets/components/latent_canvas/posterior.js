// A posterior to scale, at 1 and 2 sigma: ellipses on a plane; in one dimension, bands over its whole height.

import { halo, trace } from "./base.js"
import { overlap } from "./labels.js"
import { BESIDE, digits } from "./overlay.js"
import { ellipse, halfAxes } from "./space.js"

const SMALLEST = 7 // pixels, below which a posterior's long half-axis cannot be seen
const INSET = 104 // pixels a side, or less on a narrow plane
const WORDS = 36 // pixels below it for what it is, with letters of 12 pixels
const AIR = 8 // pixels between its words and its edges
const [DENSE, FAINT] = [0.3, 0.12] // of a band's colour; faint where the band stays, and codes are to be seen through it
const AWAY = 16 // pixels between it and the point that it magnifies, at least

// A posterior too narrow to see is drawn again, magnified, in one of the `corners`, the first of which nothing is
// there: neither one of the boxes `insets`, to which its own is added, nor one of `words`, nor the point or the cursor
// with its picture. Without `inset` it is not magnified, because it stays. Without a covariance, which a code of an AE
// does not have, only a line is drawn.
export function drawPosterior(context, view, { point, covariance, isLine, theme, corners, name, insets, words, cursor, inset = true }) {
  if (isLine) drawBands(context, theme, bandsOf(view, point, covariance), inset ? DENSE : FAINT)
  else for (const radius of [1, 2]) outline(context, theme, ellipse(point, covariance, radius).map((corner) => view.toScreen(corner)))
  if (!covariance || !inset) return
  const { long, short } = halfAxes(covariance)
  const scale = isLine ? view.pixels[0] : Math.min(...view.pixels)
  if (view.scales.some(({ positions }) => positions) || 2 * long * scale >= SMALLEST) return
  const side = Math.min(INSET, 0.26 * view.frame.width)
  const factor = roundFactor((side * 0.2) / (long * scale))
  const lines = [`${name} × ${factor}`, isLine ? `σ ${digits(long)}` : `half-axes ${digits(long)}, ${digits(short)}`]
  context.font = `${theme.letters}px ${theme.font}`
  const width = Math.max(side, ...lines.map((line) => context.measureText(line).width + 2 * AIR))
  const height = side + (WORDS * theme.letters) / 12
  const near = { point: view.toScreen(point), cursor: cursor && view.toScreen(cursor) }
  const box = freeBox(view.frame, { corners, insets, words, width, height, near })
  insets.push(box)
  drawInset(context, box, { covariance, isLine, theme, lines, side, enlarged: scale * factor, long })
}

// The box in the first of the corners in which it covers nothing; failing that, in the one where it does least harm.
function freeBox(frame, { corners, insets, words, width, height, near: { point, cursor } }) {
  const boxAt = (corner) => ({
    x: (corner.endsWith("left") ? frame.left + AIR : frame.left + frame.width - width - AIR) + width / 2,
    y: (corner.startsWith("top") ? frame.top + AIR : frame.top + frame.height - height - AIR) + height / 2,
    half: width / 2,
    tall: height,
  })
  const isNear = (box, [x, y], distance) => Math.abs(x - box.x) < box.half + distance && Math.abs(y - box.y) < box.tall / 2 + distance
  const covers = (box, others) => others.some((other) => overlap(box, other))
  const harm = (box) =>
    8 * covers(box, insets) + 4 * isNear(box, point, AWAY) + 2 * Boolean(cursor && isNear(box, cursor, BESIDE + AWAY)) + covers(box, words)
  const boxes = corners.map(boxAt)
  const least = Math.min(...boxes.map(harm))
  return boxes.find((box) => harm(box) === least)
}

function bandsOf(view, point, covariance) {
  const { top, height } = view.frame
  return { x: view.toScreen(point)[0], sigma: covariance ? Math.sqrt(covariance[0]) * view.pixels[0] : 0, top, height }
}

// Filled twice, so that the area within 1 sigma is darker.
function drawBands(context, theme, { x, sigma, top, height }, share = DENSE) {
  Object.assign(context, { fillStyle: theme.posterior, strokeStyle: theme.posterior, lineWidth: 2 })
  context.globalAlpha = share
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

function drawInset(context, { x, y, half, tall }, { covariance, isLine, theme, lines, side, enlarged, long }) {
  const [left, top] = [x - half, y - tall / 2]
  Object.assign(context, { fillStyle: theme.background, strokeStyle: theme.lines, lineWidth: 1 })
  context.fillRect(left, top, 2 * half, tall)
  context.strokeRect(left, top, 2 * half, tall)
  const magnified = ([right, up]) => [x + right * enlarged, top + side / 2 - up * enlarged]
  if (isLine) drawBands(context, theme, { x, sigma: long * enlarged, top, height: side })
  else for (const radius of [1, 2]) outline(context, theme, ellipse([0, 0], covariance, radius).map(magnified))
  lines.forEach((line, number) => halo(context, theme, line, x, top + side + ((14 + 18 * number) * theme.letters) / 12))
}

function roundFactor(wanted) {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return [1, 2, 5, 10].map((factor) => factor * power).reduce((best, factor) => (factor <= wanted ? factor : best))
}
