// Turns an uploaded picture into a bright one on black, like the images of the data sets. Pictures are
// { data, width, height, channels }, with numbers from 0 to 1, channels first.

const CORNER = 0.1 // of a side: garments and digits leave the corners free

// From the pixels of an ImageData. `placement` as `vaelab/data/drawing.py` describes it; `isOwn` says that the
// picture has the very size of the data set's images, so that its brightnesses are taken as they are.
// `did` is a text that says what was done.
export function onBlack({ data, width, height }, channels, { tones, isOwn }) {
  const light = data.some((value, index) => index % 4 === 3 && value < 255) && meanBrightness(data) < 0.5
  const colors = onBackground(data, width * height, light ? 1 : 0)
  const did = []
  if (channels === 3) return { picture: { data: colors, width, height, channels }, did }
  const grey = toGrey(colors, width * height)
  const corners = cornersOf(grey, width, height)
  const sorted = Float32Array.from(corners).sort()
  if (quantile(sorted, 0.5) > 0.5) {
    grey.forEach((value, index) => (grey[index] = 1 - value))
    sorted.forEach((value, index) => (sorted[index] = 1 - value))
    sorted.reverse()
    did.push("its light background was turned into black")
  }
  if (!tones && !isOwn && stretch(grey, floorOf(sorted))) did.push("its grey background was removed")
  return { picture: { data: grey, width, height, channels }, did }
}

// Transparent parts become white behind dark ink and black behind light ink, by the brightness of opaque parts.
function meanBrightness(data) {
  let [sum, opaque] = [0, 0]
  for (let index = 0; index < data.length; index += 4) {
    sum += data[index + 3] * luma(data[index], data[index + 1], data[index + 2])
    opaque += data[index + 3]
  }
  return opaque ? sum / (255 * opaque) : 1
}

// Brightness by Rec. 601, as Pillow's "L" and most programs use it, in thousandths, so that white is exactly 1.
const luma = (red, green, blue) => (299 * red + 587 * green + 114 * blue) / 1000

function onBackground(data, count, background) {
  const colors = new Float32Array(3 * count)
  for (let index = 0; index < count; index++) {
    const alpha = data[4 * index + 3] / 255
    for (let color = 0; color < 3; color++) {
      colors[color * count + index] = (alpha * data[4 * index + color]) / 255 + (1 - alpha) * background
    }
  }
  return colors
}

function toGrey(colors, count) {
  const grey = new Float32Array(count)
  for (let index = 0; index < count; index++) {
    grey[index] = luma(colors[index], colors[count + index], colors[2 * count + index])
  }
  return grey
}

function cornersOf(grey, width, height) {
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(CORNER * side)))
  const isIn = (index, side, size) => index < size || index >= side - size
  return grey.filter((_, index) => isIn(index % width, width, across) && isIn(Math.floor(index / width), height, down))
}

const quantile = (sorted, share) => sorted[Math.round(share * (sorted.length - 1))]

// The brightness above which a pixel is not background: Tukey's outer fence, which is 0 for black corners.
function floorOf(sorted) {
  const [first, third] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  return third + 3 * (third - first)
}

// Maps the background to 0 and the brightest tenth above it to 1; returns whether there was a background.
function stretch(grey, floor) {
  const ink = grey.filter((value) => value > floor).sort()
  if (ink.length === 0) {
    grey.fill(0)
    return false
  }
  const top = quantile(ink, 0.9)
  grey.forEach((value, index) => (grey[index] = Math.min(1, Math.max(0, (value - floor) / (top - floor)))))
  return floor > 0
}
