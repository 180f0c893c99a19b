// Streamlit's link "Skip to main content", the first stop of Tab, leads to the beginning of the page, before the bar.
// Here it leads to what the page is for: the buttons of Train, or else what follows the bar.

import { stopsIn } from "./stops.js"

const AIMS = [".st-key-controls", '[data-testid="stMain"]']

export function skipToControls() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.('[data-testid="stSkipToContent"]')) return
    const aims = AIMS.flatMap((aim) => [...document.querySelectorAll(aim)].flatMap(stopsIn))
    const aim = aims.find((stop) => !stop.closest(".st-key-topbar, .st-key-page-tools"))
    if (!aim) return
    event.preventDefault()
    event.stopPropagation() // Streamlit would move the focus to the beginning
    aim.focus()
  }, true)
}
