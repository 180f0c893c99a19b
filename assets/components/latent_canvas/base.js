// Draws what does not follow the cursor: background, axes, prior, codes and the names of classes.

import { drawLabel } from "./labels.js"

const TURN = Math.PI / 12 // between two positions on a circle where its label may stand
const DOWN = 10 // pixels between two such positions on a line

export function drawFrame(context, view, { theme, labels, rows, lines }) {
  const { left, top, width, height } = view.frame
  Object.assign(context, { font: `${theme.letters}px ${theme.font}`, fillStyle: theme.text, strokeStyle: theme.lines, lineWidth: 1 })
  for (const axis of [0, 1]) {
    const ticks = axis === 1 && rows ? rows : view.ticks(axis)
    for (const { value, text } of ticks) {
      const [x, y] = view.toScreen(axis === 0 ? [value, 0] : [0, value])
      const inside = axis === 0 ? x >= left && x <= left + width : y >= top && y <= top + height
      if (inside && (axis === 0 || labels[1] || rows)) tick(context, view, axis, axis === 0 ? x : y, text, lines)
    }
  }
  context.strokeRect(left + 0.5, top + 0.5, width, height)
  Object.assign(context, { textAlign: "center", textBaseline: "bottom" })
  context.fillText(labels[0], left + width / 2, top + height + (38 * theme.letters) / 12)
  context.save()
  context.translate(2, top + height / 2)
  context.rotate(-Math.PI / 2)
  context.textBaseline = "top"
  context.fillText(rows ? "class" : labels[1], 0, 0)
  context.restore()
}

function tick(context, view, axis, position, text, lines) {
  const { left, top, width, height } = view.frame
  context.beginPath()
  if (axis === 0) {
    context.moveTo(position, top)
    context.lineTo(position, top + height)
    Object.assign(context, { textAlign: "center", textBaseline: "top" })
    context.fillText(text, position, top + height + 5)
  } else {
    context.moveTo(left, position)
    context.lineTo(left + width, position)
    Object.assign(context, { textAlign: "right", textBaseline: "middle" })
    context.fillText(text, left - 5, position)
  }
  if (lines) context.stroke()
}

// Limits all further drawing to the inside of the frame.
export function clipToFrame(context, { frame: { left, top, width, height } }) {
  context.beginPath()
  context.rect(left, top, width, height)
  context.clip()
}

export function drawDensity(context, view, density, picture) {
  const [left, bottom] = view.toScreen(density.low)
  const [right, top] = view.toScreen(density.high)
  context.imageSmoothingEnabled = true
  context.drawImage(picture, left, top, right - left, bottom - top)
}

// Circles around 0 that contain a share of the prior's samples; in one dimension, a line on each side of 0.
export function drawPrior(context, view, { circles, isLine, theme }) {
  const curves = circles.map(([radius]) => (isLine ? linesAt(view, radius) : [circleAt(view, radius)]))
  for (const curve of curves.flat()) stroke(context, theme, curve)
}

// Writes the share that each contains. `taken` are the boxes of texts that are already drawn.
export function drawShares(context, view, { circles, isLine, theme, taken }) {
  circles.forEach(([radius, text]) => {
    const positions = isLine ? positionsOnLines(view, radius) : positionsOnCircle(view, radius)
    drawLabel(context, view, { text, positions, taken, theme })
  })
}

function linesAt(view, radius) {
  const { top, height } = view.frame
  return [-radius, radius].map((side) => {
    const [x] = view.toScreen([side, 0])
    return [[x, top], [x, top + height]]
  })
}

const onCircle = (view, radius, turn) => view.toScreen([radius * Math.cos(turn), radius * Math.sin(turn)])

const circleAt = (view, radius) => Array.from({ length: 97 }, (_, step) => onCircle(view, radius, (2 * Math.PI * step) / 96))

// Positions for the text, from the top of the circle down, alternating between both sides.
function positionsOnCircle(view, radius) {
  return Array.from({ length: 24 }, (_, step) => {
    const turn = Math.ceil(step / 2) * TURN * (step % 2 ? 1 : -1)
    return onCircle(view, radius, Math.PI / 2 + turn)
  })
}

// Positions for the text, from the top down, first on the right line.
function positionsOnLines(view, radius) {
  const { top, height } = view.frame
  const heights = Array.from({ length: Math.floor(height / DOWN) }, (_, step) => top + 14 + step * DOWN)
  return [radius, -radius].flatMap((side) => heights.map((y) => [view.toScreen([side, 0])[0], y]))
}

function stroke(context, theme, curve) {
  context.setLineDash([6, 4])
  for (const [color, width] of [[theme.background, 4], [theme.prior, 1.5]]) {
    Object.assign(context, { strokeStyle: color, lineWidth: width, globalAlpha: color === theme.background ? 0.5 : 1 })
    trace(context, curve)
    context.stroke()
  }
  context.globalAlpha = 1
  context.setLineDash([])
}

export function trace(context, curve) {
  context.beginPath()
  curve.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)))
}

// Draws a text that can be read on any background.
export function halo(context, theme, text, x, y, align = "center") {
  Object.assign(context, { font: `${theme.letters}px ${theme.font}`, textAlign: align, textBaseline: "bottom", lineWidth: 4, lineJoin: "round" })
  context.strokeStyle = theme.background
  context.strokeText(text, x, y)
  context.fillStyle = theme.text
  context.fillText(text, x, y)
}
