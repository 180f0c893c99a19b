// One sheet: a grid of equal cells, with labels above its columns and beside its rows if it has any.
//
// A sheet with labelled rows is shown as one band per row; each band shows its part of the same picture, so
// that a narrow page can put the labels between the rows.

// A text that determines which elements a sheet has: while it stays the same, `update` is enough.
export function shapeOf({ columns, rows, column_labels, row_labels }) {
  return [columns, rows, Boolean(column_labels), Boolean(row_labels)].join()
}

export function buildSheet({ columns, rows, column_labels, row_labels }) {
  const element = make("figure", "vaelab-sheet")
  const title = element.appendChild(make("figcaption", "vaelab-sheet-title"))
  const grid = element.appendChild(make("div", "vaelab-sheet-grid"))
  grid.classList.toggle("labelled", Boolean(row_labels))
  const header = column_labels && addColumnLabels(grid, columns, row_labels)
  const bands = Array.from({ length: row_labels ? rows : 1 }, () => addBand(grid, row_labels))
  return {
    element,
    update(sheet, maxScale) {
      title.textContent = sheet.title
      grid.style.setProperty("--widest", `${sheet.width * maxScale}px`)
      header?.update(sheet)
      bands.forEach((update, index) => update(sheet, index))
    },
  }
}

function addColumnLabels(grid, columns, row_labels) {
  if (row_labels) grid.append(make("div", "vaelab-sheet-corner"))
  const header = grid.appendChild(make("div", "vaelab-sheet-columns"))
  const labels = Array.from({ length: columns }, () => header.appendChild(make("span")))
  header.style.setProperty("--columns", columns)

  // The labels stand upright where a word of them is wider than its column.
  const turn = () => {
    header.classList.remove("upright")
    const tooWide = labels.some((label) => label.scrollWidth > label.clientWidth)
    header.classList.toggle("upright", tooWide)
  }
  let width = 0
  new ResizeObserver(() => {
    if (header.clientWidth !== width) turn() // turning changes the height, which needs no turning
    width = header.clientWidth
  }).observe(header)

  return {
    update(sheet) {
      header.style.setProperty("--gap", `${(100 * sheet.gap) / sheet.width}%`)
      labels.forEach((label, index) => (label.textContent = sheet.column_labels[index]))
      turn()
    },
  }
}

function addBand(grid, row_labels) {
  const label = row_labels && grid.appendChild(make("span", "vaelab-sheet-row"))
  const band = grid.appendChild(make("div", "vaelab-sheet-band"))
  const image = band.appendChild(make("img"))
  return ({ source, alt, width, height, cell, gap, row_labels }, index) => {
    const bandHeight = label ? cell : height
    const top = index * (cell + gap)
    if (label) label.textContent = row_labels[index]
    band.style.aspectRatio = `${width} / ${bandHeight}`
    image.style.top = `${(-100 * top) / bandHeight}%`
    image.alt = index === 0 ? alt : ""
    image.src = source
  }
}

function make(name, className = "") {
  const element = document.createElement(name)
  element.className = className
  return element
}
