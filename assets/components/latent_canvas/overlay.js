// Draws what follows the pointer: the cursor with the image decoded there, and a region.

import { trace } from "./base.js"
import { number } from "./view.js"

const BESIDE = 72 // pixels a side of the picture beside the cursor

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

// Draws a picture beside the cursor, on the side that has room for it.
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
  trace(context, region.map((corner) => view.toScreen(corner)))
  if (!open) context.closePath()
  context.fillStyle = theme.primary
  context.globalAlpha = 0.15
  context.fill()
  context.globalAlpha = 1
  Object.assign(context, { strokeStyle: theme.primary, lineWidth: 2 })
  context.stroke()
}
