// The content of the pad as a list of marks, each of which can be undone: strokes, whole images and
// clearings. The canvas holds bright ink on black; 20 of its pixels are one pixel of the data set's images.

export const PER_PIXEL = 20

const COVERS = ["image", "clear"]

export class Marks {
  constructor(canvas, [channels, height, width]) {
    canvas.width = width * PER_PIXEL
    canvas.height = height * PER_PIXEL
    this.channels = channels
    this.canvas = canvas
    this.ink = canvas.getContext("2d", { willReadFrequently: true })
    this.list = []
    this.redraw()
  }

  // Adds a mark { kind: "stroke", points, width, color }, { kind: "image", image, pixels } or { kind: "clear" }.
  // An image with `pixels` is used exactly as it is.
  add(mark) {
    this.list.push(mark)
    this.draw(mark)
    return mark
  }

  // Continues a stroke.
  extend(stroke, point) {
    stroke.points.push(point)
    this.line(stroke, ...stroke.points.slice(-2))
  }

  undo() {
    this.list.pop()
    this.redraw()
  }

  get isEmpty() {
    return this.list.length === 0 || this.list.at(-1).kind === "clear"
  }

  // The pixels of the image on the pad, if nothing was drawn over it.
  get exact() {
    return this.list.at(-1)?.pixels ?? null
  }

  redraw() {
    this.black()
    const from = this.list.findLastIndex(({ kind }) => COVERS.includes(kind))
    this.list.slice(Math.max(0, from)).forEach((mark) => this.draw(mark))
  }

  draw(mark) {
    if (mark.kind === "stroke") return this.stroke(mark)
    this.black()
    if (mark.kind === "image") this.show(mark.image)
  }

  black() {
    this.ink.fillStyle = "black"
    this.ink.fillRect(0, 0, this.canvas.width, this.canvas.height)
  }

  // Draws an image in the middle. One that fills the pad has the size of the data set's images: crisp pixels.
  show(image) {
    const { width, height } = this.canvas
    const scale = image.fills ? width / image.canvas.width : 1
    const [across, down] = [image.canvas.width * scale, image.canvas.height * scale]
    this.ink.imageSmoothingEnabled = false
    this.ink.drawImage(image.canvas, Math.round((width - across) / 2), Math.round((height - down) / 2), across, down)
  }

  // Draws a stroke in the pieces in which it was made, so that its smoothed edges are the same to the pixel.
  stroke(mark) {
    this.line(mark, mark.points[0], mark.points[0]) // a line to its own beginning is a dot
    for (let index = 1; index < mark.points.length; index++) this.line(mark, mark.points[index - 1], mark.points[index])
  }

  line({ width, color }, from, to) {
    Object.assign(this.ink, { strokeStyle: color, lineWidth: width, lineCap: "round" })
    this.ink.beginPath()
    this.ink.moveTo(...from)
    this.ink.lineTo(...to)
    this.ink.stroke()
  }

  // The pad as { data, width, height, channels }, numbers from 0 to 1, channels first.
  picture() {
    const { width, height } = this.canvas
    const bytes = this.ink.getImageData(0, 0, width, height).data
    const count = width * height
    const data = new Float32Array(this.channels * count)
    for (let channel = 0; channel < this.channels; channel++) {
      for (let index = 0; index < count; index++) data[channel * count + index] = bytes[4 * index + channel] / 255
    }
    return { data, width, height, channels: this.channels }
  }
}
