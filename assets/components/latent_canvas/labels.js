// Texts on the plane, each at a position where it covers no other.

const AIR = 4 // pixels between words and the edge of what lies below them
const ABOVE = 6 // pixels by which a box is higher than its letters

// Positions for the name of a class, in pixels from the middle of its codes, the nearest first.
const AROUND = [0, 20, 40].flatMap((distance) =>
  [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]].map(([x, y]) => [x * distance, y * distance]),
)

const CROWDED = 2.5 // times the letters, within which the middles of most classes lie where nothing parts the classes

// The first of the positions [x, y] at which a box of this width lies inside the frame and on none of the boxes
// `taken`, to which it is then added; null if there is none. Boxes are
// { x, y, half, tall }: their middle, half their width, and their height.
export function takePosition(positions, width, taken, { left, top, width: across, height: down }, letters) {
  const tall = letters + ABOVE
  const half = width / 2 + AIR
  const isFree = ([x, y]) =>
    x - half >= left && x + half <= left + across && y - tall / 2 >= top && y + tall / 2 <= top + down &&
    taken.every((other) => !overlap(other, { x, y, half, tall }))
  const found = positions.find(isFree)
  if (!found) return null
  const box = { x: found[0], y: found[1], half, tall }
  taken.push(box)
  return box
}

// Whether two boxes lie on each other.
export function overlap(one, other) {
  return Math.abs(one.x - other.x) < one.half + other.half && Math.abs(one.y - other.y) < (one.tall + other.tall) / 2
}

// Draws the names of the classes at or near the middles of their codes; returns the boxes that they take. Where
// nearly all middles are one, the names would hide the codes, and stand in rows at the lower edge instead.
export function drawNames(context, view, { classes, middles, hidden, theme }) {
  const taken = []
  context.font = `600 ${theme.letters}px ${theme.font}`
  const shown = middles.flatMap((middle, label) => (middle && !hidden.has(label) ? [{ ...classes[label], at: view.toScreen(middle) }] : []))
  const inRows = areCrowded(shown.map(({ at }) => at), theme.letters)
  for (const { name, color, text, at } of shown) {
    const width = context.measureText(name).width
    const positions = inRows ? inRowsBelow(view.frame, width, theme.letters) : AROUND.map(([right, below]) => [at[0] + right, at[1] + below])
    const box = takePosition(positions, width, taken, view.frame, theme.letters)
    if (box) drawBox(context, box, name, { fill: color, edge: "#ffffff", text })
  }
  return taken
}

function areCrowded(positions, letters) {
  const [x, y] = [0, 1].map((axis) => positions.map((position) => position[axis]).sort((a, b) => a - b)[positions.length >> 1])
  const near = positions.filter((position) => Math.hypot(position[0] - x, position[1] - y) < CROWDED * letters)
  return positions.length > 2 && near.length > 0.8 * positions.length
}

// Positions from left to right in rows, the lowest first.
function inRowsBelow({ left, top, width, height }, wide, letters) {
  const [first, last] = [left + wide / 2 + 2 * AIR, left + width - wide / 2 - 2 * AIR]
  const across = Array.from({ length: Math.max(0, Math.floor((last - first) / AIR) + 1) }, (_, step) => first + step * AIR)
  return [0, 1, 2].flatMap((row) => across.map((x) => [x, top + height - AIR - (row + 0.5) * (letters + ABOVE + AIR)]))
}

// Writes the meaning of a line on the line itself, at the first position that is free.
export function drawLabel(context, view, { text, positions, taken, theme }) {
  context.font = `${theme.letters}px ${theme.font}`
  const box = takePosition(positions, context.measureText(text).width, taken, view.frame, theme.letters)
  if (box) drawBox(context, box, text, { fill: theme.background, edge: theme.prior, text: theme.text })
}

function drawBox(context, { x, y, half, tall }, words, { fill, edge, text }) {
  Object.assign(context, { textAlign: "center", textBaseline: "middle", fillStyle: fill, strokeStyle: edge, lineWidth: 1 })
  context.beginPath()
  context.roundRect(x - half, y - tall / 2, 2 * half, tall, 3)
  context.fill()
  context.stroke()
  context.fillStyle = text
  context.fillText(words, x, y + 1)
}
