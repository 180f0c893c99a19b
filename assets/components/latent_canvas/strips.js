// Draws one side of the network: its hidden layers as columns of cells, and the code as the last and shortest column.
// A cell's colour is the stronger the larger its activation is, beside the largest of its layer.

const CODE = { most: 32, side: 11 } // cells of a code, and pixels of one
const TALLEST = 0.94 // of the height, for the largest layer
const SHORTEST = 0.3 // of the height, for a layer with a single unit
const AIR = 0.3 // of a column's width, between its cells and those of the next
const WIDEST = 22 // pixels of a column of single cells
const GAP = 3 // pixels between maps

const size = (shape) => shape.reduce((product, length) => product * length, 1)

// `columns` are { shape, cells, values } from left to right: the layer's shape, that of its cells, and their numbers, or
// null where these are not known; `isCode` marks the code. `image` is where the image ends: { edge: "left", "right" or
// "top", from and to in pixels along that edge }. `toPlane` is the side at which the plane is: "left" or "right".
export function drawStrips(context, { width, height }, { columns, image, toPlane, theme }) {
  const pitch = width / columns.length
  const largest = Math.max(...columns.map(({ shape }) => size(shape)))
  const boxes = columns.map((column, index) => boxOf(column, { left: index * pitch, pitch, height, largest }))
  drawFlow(context, width, boxes, { image, toPlane, theme })
  columns.forEach((column, index) => {
    if (column.cells.length === 1) drawCells(context, boxes[index], column, theme)
    else drawMaps(context, boxes[index], column, theme)
  })
}

function boxOf({ shape, cells, isCode }, { left, pitch, height, largest }) {
  const share = SHORTEST + (TALLEST - SHORTEST) * Math.sqrt(size(shape) / largest)
  let [across, down] = [Math.min(WIDEST, pitch * (1 - AIR)), share * height]
  if (isCode) [across, down] = [Math.min(CODE.side, across), Math.min(cells[0] * CODE.side, 0.5 * height)]
  if (cells.length > 1) {
    const [maps] = cells
    across = Math.min(pitch * 0.9, (down - (maps - 1) * GAP) / maps)
    down = maps * across + (maps - 1) * GAP
  }
  return { left: left + (pitch - across) / 2, top: (height - down) / 2, width: across, height: down }
}

// The shape behind the columns, from the picture to the code.
function drawFlow(context, width, boxes, { image, toPlane, theme }) {
  const ends = boxes.flatMap(({ left, top, width: across, height: down }) => [
    [left, top, top + down],
    [left + across, top, top + down],
  ])
  if (image.edge === "left") ends.unshift([0, image.from, image.to])
  if (image.edge === "right") ends.push([width, image.from, image.to])
  context.globalAlpha = 0.14
  context.fillStyle = theme.primary
  fill(context, [...ends.map(([x, top]) => [x, top]), ...ends.toReversed().map(([x, , bottom]) => [x, bottom])])
  if (image.edge === "top") {
    const { left, top, width: across } = toPlane === "right" ? boxes[0] : boxes.at(-1)
    fill(context, [[image.from, 0], [image.to, 0], [left + across, top], [left, top]])
  }
  context.globalAlpha = 1
}

function fill(context, corners) {
  context.beginPath()
  corners.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)))
  context.fill()
}

const strongest = (values) => values?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1

// Colours the next rectangle by a number from -1 to 1.
function shade(context, share, theme) {
  context.globalAlpha = Math.min(1, Math.abs(share)) || 0 // not a number is drawn as 0
  context.fillStyle = share < 0 ? theme.posterior : theme.primary
}

function drawCells(context, { left, top, width, height }, { values, cells: [count] }, theme) {
  background(context, { left, top, width, height }, theme)
  const most = strongest(values)
  const edge = (cell) => Math.round(top + (cell * height) / count)
  values?.forEach((value, cell) => {
    shade(context, value / most, theme)
    context.fillRect(left, edge(cell), width, edge(cell + 1) - edge(cell))
  })
  context.globalAlpha = 1
  frame(context, { left, top, width, height }, theme)
}

function drawMaps(context, { left, top, width }, { values, cells: [maps, rows, columns] }, theme) {
  const most = strongest(values)
  for (let map = 0; map < maps; map++) {
    const box = { left, top: top + map * (width + GAP), width, height: width }
    background(context, box, theme)
    if (values) context.drawImage(mapOf(values, map, rows, columns, most, theme), box.left, box.top, width, width)
    frame(context, box, theme)
  }
}

// One map as a picture with a pixel for each cell.
function mapOf(values, map, rows, columns, most, theme) {
  const picture = new OffscreenCanvas(columns, rows)
  const context = picture.getContext("2d")
  for (let cell = 0; cell < rows * columns; cell++) {
    shade(context, values[map * rows * columns + cell] / most, theme)
    context.fillRect(cell % columns, Math.floor(cell / columns), 1, 1)
  }
  return picture
}

function background(context, { left, top, width, height }, theme) {
  context.fillStyle = theme.background
  context.fillRect(left, top, width, height)
  context.imageSmoothingEnabled = false
}

function frame(context, { left, top, width, height }, theme) {
  Object.assign(context, { strokeStyle: theme.primary, lineWidth: 1 })
  context.strokeRect(left, top, width, height)
}

// How a code is drawn: its dimensions, or means of neighbouring ones if they are many.
export function codeColumn(dimensions) {
  const group = Math.ceil(dimensions / CODE.most)
  return { name: "code", shape: [dimensions], group, cells: [Math.ceil(dimensions / group)], isCode: true }
}
