// Streamlit draws what is in a popover at the end of the page, where Tab comes last, and leaves the focus on the
// button. Here Tab goes from the button into the popover, through it, and on to what follows the button. Streamlit
// itself closes a popover at Escape, and gives the focus back.

import { isByKey, isHelp, stopsIn } from "./stops.js"

const BUTTON = '[data-testid="stPopoverButton"]'

const openBody = () => document.querySelector('[data-testid="stPopoverBody"]')
const openButton = () => document.querySelector(`${BUTTON}[aria-expanded="true"]`)

export function leadIntoPopovers() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(BUTTON)
    if (button && isByKey() && button.getAttribute("aria-expanded") !== "true") enterWhenThere(button)
  }, true)
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    const [body, button] = [openBody(), openButton()]
    if (body && button) goOn(event, body, button)
  })
}

// Its contents may come from the server first; whoever has gone on by then is left alone.
function enterWhenThere(button) {
  const observer = new MutationObserver(look)
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-expanded", "style"] })
  function look() {
    const body = openBody()
    if (document.activeElement !== button) return observer.disconnect()
    const stops = body && button.getAttribute("aria-expanded") === "true" ? stopsIn(body) : []
    const first = stops.find((stop) => !isHelp(stop)) ?? stops[0]
    if (!first) return
    observer.disconnect()
    first.focus()
  }
}

function goOn(event, body, button) {
  const stops = stopsIn(body)
  const here = document.activeElement
  if (here === button && !event.shiftKey && stops.length) {
    event.preventDefault()
    stops[0].focus()
  } else if (event.shiftKey && here === stops[0]) {
    event.preventDefault()
    button.focus()
  } else if (!event.shiftKey && here === stops.at(-1)) {
    button.focus() // from where the browser goes on
    setTimeout(() => close(button))
  }
}

function close(button) {
  if (button.getAttribute("aria-expanded") === "true" && document.activeElement !== button) button.click()
}
