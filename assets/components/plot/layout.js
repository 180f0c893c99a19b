// Adapts a figure from Python to the page: its theme, its size, and a finger or a mouse.

const NARROW = 520 // pixels, below which a legend beside the chart leaves too little of it
const SIZE = 13 // pixels of letters
const LETTER = 8 // pixels that a letter of a title takes, on the safe side
const LINE = 20 // pixels from one line of a title to the next

// Changes `figure` itself, as Plotly does too: each drawing needs a copy of its own.
export function adapt(figure, { key, size, outer, resets }) {
  const { data, layout = {} } = figure
  const letters = lettersOf(outer)
  if (letters) {
    enlarge(layout, letters)
    if (layout.margin) layout.margin.r = Math.max(layout.margin.r ?? 0, letters) // half of the last number stands there
  }
  ;[layout.width, layout.height] = size
  layout.template = template(outer)
  layout.uirevision ??= key
  if (resets > 0) forgetZoom(layout, resets)
  if (layout.width < NARROW && !layout.meta?.dense) narrow(layout)
  if (matchMedia("(pointer: coarse)").matches) layout.dragmode ??= false // a finger scrolls the page
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) delete layout.transition
  return {
    data,
    layout,
    // At a double click Plotly would go back to the ranges of the first figure that it drew here.
    config: { displayModeBar: false, responsive: false, displaylogo: false, showTips: false, doubleClick: false },
  }
}

// The smallest size of letters in pixels on pages shown to a class; null elsewhere.
function lettersOf(outer) {
  return parseFloat(getComputedStyle(outer).getPropertyValue("--vaelab-letters")) || null
}

// Enlarges the small texts of a figure to that size.
function enlarge(part, letters) {
  for (const [name, value] of Object.entries(part ?? {})) {
    if (typeof value !== "object" || value === null) continue
    if (name === "font" && value.size < letters) value.size = letters
    enlarge(value, letters)
  }
}

export function backgroundColor(outer) {
  return getComputedStyle(outer).getPropertyValue("--st-background-color").trim()
}

// The template, which Plotly uses for everything that a figure does not set, carries the page's theme.
export function template(outer) {
  const style = getComputedStyle(outer)
  const theme = (name) => style.getPropertyValue(`--st-${name}`).trim()
  const text = theme("text-color")
  const lines = theme("border-color")
  const letters = lettersOf(outer)
  const axis = {
    gridcolor: lines, linecolor: lines, tickcolor: lines, zerolinecolor: lines, automargin: true,
    exponentformat: "power", // as delivered 0.0004 nats are "400µ"
  }
  // Plotly's titles of axes are a fifth larger than its other letters, too long for their axes.
  axis.title = { font: { size: letters ?? SIZE } }
  return {
    layout: {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: theme("background-color"), // Plotly picks the colours of hover labels against it
      colorway: theme("chart-categorical-colors").split(",").filter(Boolean),
      font: { family: theme("font"), size: letters ?? SIZE, color: text },
      title: { x: 0, xref: "paper", font: { size: Math.max(15, letters ?? 0), weight: 600 } },
      margin: { l: 56, r: 16, t: 32, b: 48 },
      hoverlabel: {
        bgcolor: theme("secondary-background-color"),
        bordercolor: lines,
        font: { family: theme("font"), color: text },
      },
      xaxis: axis,
      yaxis: axis,
    },
  }
}

// Axes drop the user's zoom when their revision changes; the legend follows the layout's revision and keeps it.
function forgetZoom(layout, resets) {
  const axes = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name))
  for (const name of new Set(["xaxis", "yaxis", ...axes])) {
    layout[name] ??= {}
    layout[name].uirevision = `${layout[name].uirevision ?? layout.uirevision} ${resets}`
  }
}

function narrow(layout) {
  const below = { orientation: "h", x: 0, xanchor: "left", xref: "container", y: 0, yanchor: "bottom", yref: "container" }
  layout.legend = { ...layout.legend, ...below }
  layout.margin = { l: 44, r: 8, t: 36, b: 40, ...layout.margin }
  if (!layout.title?.text) return
  const lines = wrapped(layout.title.text, (layout.width - layout.margin.l) / LETTER)
  layout.title.text = lines.join("<br>")
  layout.margin.t += LINE * (lines.length - 1)
}

function wrapped(text, letters) {
  const lines = [""]
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim()
    if (line.length <= letters || lines.at(-1) === "") lines[lines.length - 1] = line
    else lines.push(word)
  }
  return lines
}
