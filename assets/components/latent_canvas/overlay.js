// What follows the hand: the cursor with the image decoded there, posteriors to scale, a region.

import { halo, trace } from "./base.js"
import { ellipse, halfAxes } from "./space.js"
import { number } from "./view.js"

const SMALLEST = 7 // pixels, below which an ellipse's long half-axis cannot be seen
const INSET = 116 // pixels a side, or less on a narrow plane
const BESIDE = 72 // pixels a side of the picture beside the cursor

// A posterior at 1 and 2 sigma. One too narrow to see is drawn again, magnified, in a corner.
export function drawPosterior(context, view, { point, covariance, theme, corner, name }) {
  for (const radius of [1, 2]) outline(context, theme, ellipse(point, covariance, radius).map((place) => view.toScreen(place)))
  const { long, short } = halfAxes(covariance)
  const scale = Math.min(...view.pixels)
  if (view.scales.some(({ positions }) => positions) || 2 * long * scale >= SMALLEST) return
  drawInset(context, view, { covariance, theme, corner, name, long, short, scale })
}

function outline(context, theme, curve) {
  for (const [color, width] of [[theme.background, 5], [theme.posterior, 2.5]]) {
    trace(context, curve)
    context.closePath()
    Object.assign(context, { strokeStyle: color, lineWidth: width })
    context.stroke()
  }
}

function drawInset(context, view, { covariance, theme, corner, name, long, short, scale }) {
  const { left, top, width } = view.frame
  const side = Math.min(INSET, 0.34 * width)
  const x = corner === "left" ? left + 8 : left + width - side - 8
  const y = top + 8
  const factor = roundFactor((side * 0.2) / (long * scale))
  Object.assign(context, { fillStyle: theme.background, strokeStyle: theme.lines, lineWidth: 1 })
  context.fillRect(x, y, side, side + 36)
  context.strokeRect(x, y, side, side + 36)
  const middle = [x + side / 2, y + side / 2]
  const magnified = (place) => [middle[0] + place[0] * scale * factor, middle[1] - place[1] * scale * factor]
  for (const radius of [1, 2]) outline(context, theme, ellipse([0, 0], covariance, radius).map(magnified))
  halo(context, theme, `${name} × ${factor}`, x + side / 2, y + side + 14)
  halo(context, theme, `σ ${digits(long)}, ${digits(short)}`, x + side / 2, y + side + 32)
}

function roundFactor(wanted) {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return [1, 2, 5, 10].map((factor) => factor * power).reduce((best, factor) => (factor <= wanted ? factor : best))
}

export const digits = (value) => number(value, value === 0 ? 0 : Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value)))))

export function drawRing(context, view, point, theme, color = theme.text) {
  const [x, y] = view.toScreen(point)
  for (const [stroke, width] of [[theme.background, 5], [color, 2]]) {
    context.beginPath()
    context.arc(x, y, 8, 0, 2 * Math.PI)
    Object.assign(context, { strokeStyle: stroke, lineWidth: width })
    context.stroke()
  }
}

export function drawCross(context, view, point, theme) {
  const [x, y] = view.toScreen(point)
  for (const [color, width] of [[theme.background, 4], [theme.text, 1.5]]) {
    context.beginPath()
    for (const [from, to] of [[4, 11], [-4, -11]]) {
      context.moveTo(x + from, y)
      context.lineTo(x + to, y)
      context.moveTo(x, y + from)
      context.lineTo(x, y + to)
    }
    Object.assign(context, { strokeStyle: color, lineWidth: width })
    context.stroke()
  }
}

// A picture beside the cursor, on the side where there is room.
export function drawBeside(context, view, point, picture, theme) {
  const [x, y] = view.toScreen(point)
  const { left, top, width } = view.frame
  const across = x + 18 + BESIDE > left + width ? x - 18 - BESIDE : x + 18
  const down = Math.max(top + 2, y - 18 - BESIDE)
  Object.assign(context, { imageSmoothingEnabled: false, strokeStyle: theme.text, lineWidth: 2 })
  context.strokeRect(across, down, BESIDE, BESIDE)
  context.drawImage(picture, across, down, BESIDE, BESIDE)
}

export function drawRegion(context, view, region, theme, open) {
  if (region.length < 2) return
  trace(context, region.map((place) => view.toScreen(place)))
  if (!open) context.closePath()
  context.fillStyle = theme.primary
  context.globalAlpha = 0.15
  context.fill()
  context.globalAlpha = 1
  Object.assign(context, { strokeStyle: theme.primary, lineWidth: 2 })
  context.stroke()
}
