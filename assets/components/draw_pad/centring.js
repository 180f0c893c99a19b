// Turns a drawing into an image like those of the data set: fitted into a box with its proportions kept, and
// centred, as `vaelab/data/drawing.py` says for each data set. Pictures are { data, width, height, channels }, with
// numbers from 0 to 1, channels first.

export const LEVELS = 16 // brightnesses that a link can hold

// The picture as an image of `shape`, or null if there is nothing on it.
export function placed(picture, { box, centre }, shape) {
  const image = box === null ? resampled(picture, edges(picture), shape[2], shape[1]) : fitted(picture, box, centre, shape)
  if (!image) return null
  const levels = image.data.map((value) => Math.round(value * (LEVELS - 1)) / (LEVELS - 1))
  return levels.some((value) => value > 0) ? levels : null
}

function fitted(picture, box, centre, shape) {
  const found = boundingBox(picture)
  if (!found) return null
  const scale = box / Math.max(found.width, found.height)
  const side = (length) => Math.max(1, Math.round(length * scale))
  const small = resampled(picture, found, side(found.width), side(found.height))
  const [x, y] = centre === "mass" ? centreOfMass(small) : [null, null]
  return within(small, shape, begin(x, small.width, shape[2]), begin(y, small.height, shape[1]))
}

// The pixel at which the drawing begins along an axis. MNIST's own centres of mass are at pixel 13.5 to 14.5,
// counted from 0, so they were brought to 14 by whole pixels; Fashion-MNIST's odd pixel is before the garment.
function begin(mass, length, room) {
  const first = mass === null ? Math.ceil((room - length) / 2) : Math.round(room / 2 - mass)
  return Math.min(Math.max(first, 0), room - length)
}

const edges = ({ width, height }) => ({ left: 0, top: 0, width, height })

// The smallest rectangle that contains every pixel that is not black.
export function boundingBox({ data, width, height }) {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let index = 0; index < data.length; index++) {
    if (data[index] === 0) continue
    const x = index % width
    const y = Math.floor(index / width) % height
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 }
}

// The centre of mass [x, y], in pixels counted from 0.
export function centreOfMass({ data, width, height }) {
  let [mass, across, down] = [0, 0, 0]
  for (let index = 0; index < data.length; index++) {
    mass += data[index]
    across += data[index] * (index % width)
    down += data[index] * (Math.floor(index / width) % height)
  }
  return [across / mass, down / mass]
}

// Scales a rectangle of the picture to another size: each new pixel is the mean of the area that it covers.
export function resampled({ data, width, height, channels }, area, newWidth, newHeight) {
  const across = shares(area.left, area.width, newWidth)
  const down = shares(area.top, area.height, newHeight)
  const result = new Float32Array(channels * newWidth * newHeight)
  const row = new Float32Array(width) // the rows that a new row covers, averaged
  for (let channel = 0, index = 0; channel < channels; channel++) {
    for (const rows of down) {
      row.fill(0)
      for (const [y, share] of rows) {
        const start = (channel * height + y) * width
        for (let x = area.left; x < area.left + area.width; x++) row[x] += share * data[start + x]
      }
      for (const columns of across) {
        let sum = 0
        for (const [x, share] of columns) sum += share * row[x]
        result[index++] = sum
      }
    }
  }
  return { data: result, width: newWidth, height: newHeight, channels }
}

// For each of `count` new pixels along an axis, the old pixels that it covers and the share of each.
function shares(start, length, count) {
  const step = length / count
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [index * step, (index + 1) * step]
    const covered = []
    for (let old = Math.floor(from + 1e-9); old < to - 1e-9; old++) {
      covered.push([start + old, (Math.min(old + 1, to) - Math.max(old, from)) / step])
    }
    return covered
  })
}

function within({ data, width, height }, [channels, rows, columns], left, top) {
  const result = new Float32Array(channels * rows * columns)
  for (let index = 0; index < data.length; index++) {
    const line = Math.floor(index / width) // of all channels, one below the other
    const channel = Math.floor(line / height)
    result[(channel * rows + top + (line % height)) * columns + left + (index % width)] = data[index]
  }
  return { data: result, width: columns, height: rows, channels }
}
