// A Plotly chart that is updated in place. `st.plotly_chart` creates a new chart for every change, which loses
// zoom, legend and hover; `Plotly.react` on the same node keeps them.

import { mounted } from "../lib/mount.js"
import { loadPlotly } from "./load.js"
import { followKeys } from "./keys.js"
import { adapt, backgroundColor, template } from "./layout.js"

export const render = mounted((parentElement) => new Chart(parentElement))

class Chart {
  constructor(parentElement) {
    this.turns = 0
    this.resets = 0
    this.size = [0, 0]
    this.drawn = null
    this.outer = parentElement.querySelector(".vaelab-plot")
    this.node = this.outer.querySelector(".vaelab-plot-chart")
    this.tools = this.outer.querySelector(".vaelab-plot-tools")
    this.notice = this.outer.querySelector(".vaelab-notice")
    this.spoken = this.outer.querySelector(".vaelab-spoken")
    this.tools.querySelector("[name=reset]").onclick = () => this.resetZoom()
    this.tools.querySelector("[name=download]").onclick = () => this.download()
    this.observer = new ResizeObserver(() => this.fit())
    this.observer.observe(this.outer)
  }

  async update(component, urls) {
    this.component = component
    const { data } = component
    this.node.setAttribute("aria-label", data.alt)
    this.node.setAttribute("role", data.selectable ? "application" : "img")
    this.node.tabIndex = data.selectable ? 0 : -1
    try {
      this.plotly = await loadPlotly(urls.plotly)
      // Newer data may have arrived in the meantime: the latest data are drawn.
      await this.draw()
    } catch (error) {
      // Streamlit may unmount a chart while Plotly draws it: the node then belongs to another chart.
      if (this.removed) return
      console.error(error)
      this.notice.hidden = false
      this.notice.textContent = "The chart could not be drawn; reload the page to try again."
    }
  }

  // A live page sends every chart again and again, whether there is anything new in it or not.
  async draw() {
    this.size = this.measured()
    if (this.removed || this.size.includes(0)) return
    const turn = ++this.turns
    const { figure, key, state, step } = this.component.data
    const wanted = JSON.stringify([figure, key, this.size, this.resets, template(this.outer)])
    if (wanted !== this.drawn) {
      this.drawn = wanted
      try {
        await this.plotly.react(this.node, this.adapted())
      } catch (error) {
        this.drawn = null // what failed may be tried again
        throw error
      }
      this.notice.hidden = true
      if (this.tools.hidden) this.begin()
    }
    // Newer data may have arrived while Plotly drew: their own turn reports the end of drawing.
    if (turn !== this.turns) return
    Object.assign(this.outer.dataset, { state, step: step ?? "" })
  }

  // Called after the first drawing only, because the node and its listeners stay.
  begin() {
    this.tools.hidden = false
    this.node.on("plotly_click", ({ points }) => this.select(points[0]))
    this.node.on("plotly_doubleclick", () => this.resetZoom())
    followKeys(this)
  }

  adapted() {
    const { figure, key } = this.component.data
    return adapt(JSON.parse(figure), { key, size: this.size, outer: this.outer, resets: this.resets })
  }

  measured() {
    return [this.outer.clientWidth, this.outer.clientHeight]
  }

  fit() {
    if (this.plotly && this.measured().join() !== this.size.join()) this.draw()
  }

  select(point) {
    if (!point || !this.component.data.selectable) return
    const value = point.customdata ?? point.pointIndex
    this.component.setTriggerValue("selected", ArrayBuffer.isView(value) ? Array.from(value) : value)
  }

  resetZoom() {
    this.resets += 1
    this.draw()
  }

  // The picture has the page's background, so that light text stays readable wherever it is put.
  download() {
    const figure = this.adapted()
    figure.layout.paper_bgcolor = backgroundColor(this.outer)
    const { width, height } = figure.layout
    this.plotly.downloadImage(figure, { format: "png", filename: this.component.data.key, scale: 2, width, height })
  }

  remove() {
    this.removed = true
    this.observer.disconnect()
    this.plotly?.purge(this.node)
  }
}
