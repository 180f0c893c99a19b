// Choosing a point by keyboard: an arrow key goes to the next point in its direction, Enter chooses.

const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }

export function followKeys(chart) {
  const { node, plotly, spoken } = chart
  let current = null
  node.addEventListener("keydown", (event) => {
    if (!chart.component.data.selectable) return
    if (event.key in DIRECTIONS) {
      current = nextPoint(pointsInView(node), current, DIRECTIONS[event.key]) ?? current
      if (current) {
        plotly.Fx.hover(node, [{ curveNumber: current.curve, pointNumber: current.index }])
        spoken.textContent = describe(node, current)
      }
    } else if (event.key === "Enter" && current) {
      chart.select({ pointIndex: current.index, customdata: trace(node, current).customdata?.[current.index] })
    } else return
    event.preventDefault()
  })
}

const trace = (node, point) => node._fullData[point.curve]

function describe(node, point) {
  const { name, text, x, y } = trace(node, point)
  const label = Array.isArray(text) ? text[point.index] : text
  return [name, label, `x ${short(x[point.index])}`, `y ${short(y[point.index])}`].filter(Boolean).join(", ")
}

const short = (value) => (typeof value === "number" ? String(Number(value.toPrecision(3))) : value)

// Every visible point with its position on the screen.
function pointsInView(node) {
  const points = []
  node._fullData.forEach(({ visible, hoverinfo, x, y, xaxis, yaxis }, curve) => {
    if (visible !== true || hoverinfo === "skip" || !x || !y) return // what says nothing cannot be chosen
    const across = node._fullLayout[`xaxis${xaxis.slice(1)}`]
    const down = node._fullLayout[`yaxis${yaxis.slice(1)}`]
    for (let index = 0; index < x.length; index++) {
      const left = across.d2p(x[index])
      const top = down.d2p(y[index])
      if (left >= 0 && left <= across._length && top >= 0 && top <= down._length) points.push({ curve, index, left, top })
    }
  })
  return points
}

// The nearest point ahead, with sideways distance counted twice; at first the point nearest to the middle.
function nextPoint(points, from, [right, down]) {
  const start = from ?? middle(points)
  let best = null
  let least = Infinity
  for (const point of points) {
    const across = point.left - start.left
    const along = point.top - start.top
    const ahead = across * right + along * down
    const cost = from ? ahead + 2 * Math.abs(across * down + along * right) : Math.hypot(across, along)
    if ((!from || ahead > 0) && cost < least) [best, least] = [point, cost]
  }
  return best
}

function middle(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length
  return { left: mean(points.map(({ left }) => left)), top: mean(points.map(({ top }) => top)) }
}
