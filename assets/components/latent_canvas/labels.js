// Texts on the plane, each at a position where it covers no other.

const AIR = 4 // pixels between words and the edge of what lies below them
const ABOVE = 6 // pixels by which a box is higher than its letters

// Positions for the name of a class, in pixels from the middle of its codes, the nearest first.
const AROUND = [0, 20, 40].flatMap((distance) =>
  [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]].map(([x, y]) => [x * distance, y * distance]),
)

// The first of the positions [x, y] at which a box of this width lies inside the frame and on none of the boxes
// `taken`, to which it is then added; null if there is none. Boxes are { x, y, half }, of one height.
export function takePosition(positions, width, taken, { left, top, width: across, height: down }, letters) {
  const tall = letters + ABOVE
  const half = width / 2 + AIR
  const isFree = ([x, y]) =>
    x - half >= left && x + half <= left + across && y - tall / 2 >= top && y + tall / 2 <= top + down &&
    taken.every((other) => Math.abs(other.x - x) >= other.half + half || Math.abs(other.y - y) >= tall)
  const found = positions.find(isFree)
  if (!found) return null
  const box = { x: found[0], y: found[1], half, tall }
  taken.push(box)
  return box
}

// Draws the names of the classes at or near the middles of their codes; returns the boxes that they take.
export function drawNames(context, view, { classes, middles, hidden, theme }) {
  const taken = []
  context.font = `600 ${theme.letters}px ${theme.font}`
  middles.forEach((middle, label) => {
    if (!middle || hidden.has(label)) return
    const [x, y] = view.toScreen(middle)
    const { name, color, text } = classes[label]
    const positions = AROUND.map(([right, below]) => [x + right, y + below])
    const box = takePosition(positions, context.measureText(name).width, taken, view.frame, theme.letters)
    if (box) drawBox(context, box, name, { fill: color, edge: "#ffffff", text })
  })
  return taken
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
