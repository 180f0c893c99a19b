// Saving pictures as PNG.

const ICON = "M12 4v11m-5-5 5 5 5-5M5 20h14"

// A small button that calls `press` with the name of the file that it offers.
export function saveButton(press) {
  const button = document.createElement("button")
  Object.assign(button, { type: "button", className: "vaelab-save", title: "Download as PNG" })
  button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICON}" /></svg>`
  let name = ""
  button.addEventListener("click", () => press(name))
  return {
    element: button,
    offer(fileName) {
      name = fileName
      button.setAttribute("aria-label", `Download ${fileName}`)
    },
  }
}

export function save(name, address) {
  const link = document.createElement("a")
  Object.assign(link, { download: name, href: address })
  link.click()
}

// The data URL of one picture made of rows of pictures (images or canvases), pixel by pixel, with gaps between.
export function composed(rows, gap) {
  const sizes = rows.map((row) => row.map((picture) => [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height]))
  const widths = sizes.map((row) => row.reduce((sum, [width]) => sum + width + gap, -gap))
  const heights = sizes.map((row) => Math.max(...row.map(([, height]) => height)))
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(...widths)
  canvas.height = heights.reduce((sum, height) => sum + height + gap, -gap)
  const context = canvas.getContext("2d")
  let top = 0
  rows.forEach((row, index) => {
    let left = 0
    row.forEach((picture, column) => {
      context.drawImage(picture, left, top)
      left += sizes[index][column][0] + gap
    })
    top += heights[index] + gap
  })
  return canvas.toDataURL("image/png")
}
