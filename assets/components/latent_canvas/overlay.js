// Draws what follows the pointer: the cursor with the image decoded there, and a region.

import { trace } from "./base.js"
import { overlap } from "./labels.js"
import { number } from "./view.js"

export const BESIDE = 72 // pixels a side of the picture beside the cursor
const APART = 18 // pixels between the cursor and that picture

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

// Draws a picture beside the cursor, on the first side that has room for it and where it is neither on insets nor on
// words, or at least not on insets.
export function drawBeside(context, view, point, picture, theme, { insets, words }) {
  const [x, y] = view.toScreen(point)
  const { left, top, width, height } = view.frame
  const away = APART + BESIDE / 2
  const sides = [[away, -away], [-away, -away], [away, away], [-away, away]].map(([right, below]) => ({
    x: x + right,
    y: Math.max(y + below, top + 2 + BESIDE / 2),
    half: BESIDE / 2,
    tall: BESIDE,
  }))
  const fits = (box) => box.x - box.half >= left && box.x + box.half <= left + width && box.y + box.half <= top + height
  const inside = sides.filter(fits)
  const besides = (boxes) => inside.find((side) => !boxes.some((other) => overlap(side, other)))
  const box = besides([...insets, ...words]) ?? besides(insets) ?? inside[0] ?? sides[0]
  const [across, down] = [box.x - box.half, box.y - box.half]
  Object.assign(context, { imageSmoothingEnabled: false, strokeStyle: theme.text, lineWidth: 2 })
  context.strokeRect(across, down, BESIDE, BESIDE)
  context.drawImage(picture, across, down, BESIDE, BESIDE)
}

export function drawRegion(context, view, region, theme, open) {
  if (region.length < 2) return
  trace(context, region.map((corner) => view.toScreen(corner)))
  if (!open) context.closePath()
  context.fillStyle = theme.primary
  context.globalAlpha = 0.15
  context.fill()
  context.globalAlpha = 1
  Object.assign(context, { strokeStyle: theme.primary, lineWidth: 2 })
  context.stroke()
}
