// Hidden layers as they are drawn, by the groups that `vaelab/networks/cells.py` gives.

// Means of neighbouring values along each axis of which `groups` names a number. `shape` is that of the data; only so
// much of the first axis is used as `cells`, the shape of the result, says.
function grouped(data, shape, cells, groups) {
  const [planes, rows, columns] = cells
  const [, height, width] = shape
  const [, down, across] = groups
  const result = new Float32Array(planes * rows * columns)
  for (let plane = 0, cell = 0; plane < planes; plane++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, cell++) {
        const [bottom, right] = [Math.min(height, (row + 1) * down), Math.min(width, (column + 1) * across)]
        let sum = 0
        for (let y = row * down; y < bottom; y++) {
          for (let x = column * across; x < right; x++) sum += data[(plane * height + y) * width + x]
        }
        result[cell] = sum / ((bottom - row * down) * (right - column * across))
      }
    }
  }
  return result
}

// The cells of a layer { shape, group, cells }, from the numbers that it outputs.
export function cellsOf(data, { shape, group, cells }) {
  if (shape.length === 1) return grouped(data, [1, 1, ...shape], [1, 1, ...cells], [1, 1, group])
  return grouped(data, shape, cells, [1, group, group])
}

// Runs a network that `makeNetwork` made, and returns its result, the cells of those `layers` that it has, by name, and
// the numbers that its last layer outputs, before they become pixels or codes.
export function runWithCells(network, input, layers) {
  const named = new Map(layers.map((layer) => [layer.name, layer]))
  const cells = {}
  let raw = null
  const result = network(input, (name, { data }) => {
    if (named.has(name)) cells[name] = cellsOf(data, named.get(name))
    raw = data
  })
  return { result, cells, raw }
}
