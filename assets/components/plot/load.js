// plotly.js is large (1.5 MB compressed): all charts of a page share one copy, loaded once.

const PATIENCE = 2000 // milliseconds after which a chart no longer waits for the rest of the page
const PAINTED = 100 // milliseconds in which the browser shows what the page has got

let loading = null

export function loadPlotly(url) {
  loading ??= pageIsThere().then(() => insertScript(url))
  return loading
}

// Running plotly.js and drawing the first charts blocks the browser's one thread for a second. A page that has
// just been opened shows its buttons first; Streamlit shows a skeleton where an element is still missing.
function pageIsThere() {
  const deadline = performance.now() + PATIENCE
  return new Promise((resolve) => {
    const look = () => {
      const comes = document.querySelector('[data-testid="stSkeleton"], [data-testid="stAppSkeleton"]')
      if (!comes || performance.now() > deadline) setTimeout(resolve, PAINTED)
      else setTimeout(look, 20)
    }
    look()
  })
}

function insertScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = new URL(url, location.origin)
    script.onload = () => resolve(window.Plotly)
    script.onerror = () => reject(new Error(`cannot load ${url}`))
    document.head.append(script)
  })
}
