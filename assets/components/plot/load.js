// plotly.js is large (1.5 MB compressed): all charts of a page share one copy, loaded once.

let loading = null

export function loadPlotly(url) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = new URL(url, location.origin)
    script.onload = () => resolve(window.Plotly)
    script.onerror = () => reject(new Error(`cannot load ${url}`))
    document.head.append(script)
  })
  return loading
}
