// Codes as dots, or as the names of their classes, composed here pixel by pixel. For 2,000 to 10,000 codes that
// takes an eighth to two fifths of the time of as many calls of `drawImage` without a graphics card, and a plane
// that moves draws all of them many times per second.

export class Dots {
  constructor({ classes, markers, count, ratio, letters, font }) {
    this.ratio = ratio
    this.width = (markers ? letters : count > 3000 ? 5 : 7) + 2 // in pixels of the page
    this.side = Math.ceil(this.width * ratio) // in pixels of the screen, like all sizes below
    const short = classes.every(({ name }) => name.length <= 3)
    this.stamps = classes.map(({ name, color }, label) => {
      const text = markers ? String(short ? name : label) : null
      return this.stamp({ color, text, font: `${letters - 1}px ${font}` })
    })
    this.layer = document.createElement("canvas")
    this.image = null
  }

  // The pixels of one dot: red, green, blue and opacity of each.
  stamp({ color, text, font }) {
    const canvas = document.createElement("canvas")
    canvas.width = canvas.height = this.side
    const context = canvas.getContext("2d", { willReadFrequently: true })
    context.scale(this.ratio, this.ratio)
    context.fillStyle = color
    const middle = this.width / 2
    if (text !== null) {
      Object.assign(context, { font, textAlign: "center", textBaseline: "middle" })
      context.fillText(text, middle, middle)
    } else {
      context.globalAlpha = 0.85
      context.arc(middle, middle, middle - 1, 0, 2 * Math.PI)
      context.fill()
    }
    return context.getImageData(0, 0, this.side, this.side).data
  }

  // `screen` holds the positions of all codes on the screen, x and y alternately, in pixels of the page.
  draw(context, { frame }, { screen, labels, hidden }) {
    const { ratio, side, stamps } = this
    // A margin of one dot's width on each side, so that every visible dot lies completely inside.
    const [left, top] = [frame.left, frame.top].map((edge) => Math.floor(edge * ratio) - side)
    const [columns, rows] = [frame.width, frame.height].map((length) => Math.ceil(length * ratio) + 2 * side + 1)
    const { data } = this.blank(columns, rows)
    for (let index = 0; index < labels.length; index++) {
      if (hidden.has(labels[index])) continue
      const column = Math.round(screen[2 * index] * ratio - side / 2) - left
      const row = Math.round(screen[2 * index + 1] * ratio - side / 2) - top
      const isInside = column >= 0 && row >= 0 && column + side <= columns && row + side <= rows
      if (isInside) lay(stamps[labels[index]], side, data, columns, column, row)
    }
    this.layer.getContext("2d").putImageData(this.image, 0, 0)
    context.save()
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.drawImage(this.layer, left, top)
    context.restore()
  }

  // An empty picture of this size, reused as long as the size stays the same.
  blank(columns, rows) {
    if (this.image?.width === columns && this.image.height === rows) this.image.data.fill(0)
    else {
      Object.assign(this.layer, { width: columns, height: rows })
      this.image = new ImageData(columns, rows)
    }
    return this.image
  }
}

// Lays a stamp over the pixels at a position: "source over" with colours that are not multiplied by their opacity
// (Porter and Duff, 1984).
function lay(stamp, side, pixels, columns, column, row) {
  for (let y = 0, from = 0; y < side; y++) {
    let to = 4 * ((row + y) * columns + column)
    for (let x = 0; x < side; x++, from += 4, to += 4) {
      const over = stamp[from + 3]
      if (over === 0) continue
      const under = (pixels[to + 3] * (255 - over)) / 255
      const sum = over + under
      for (let channel = 0; channel < 3; channel++) {
        pixels[to + channel] = (stamp[from + channel] * over + pixels[to + channel] * under) / sum
      }
      pixels[to + 3] = sum
    }
  }
}
