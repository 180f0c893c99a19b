// A button that is pressed by key may be replaced by another one, as Pause by Resume, or be switched off. The browser
// then forgets the focus. Here it goes to what has taken the button's place.

import { isByKey, stopsIn } from "./stops.js"

let last = null // the button that had the focus last, its containers, and its place in each of them

export function keepFocus() {
  document.addEventListener("focusin", ({ target }) => (last = target.matches("button") ? remembered(target) : null))
  const observer = new MutationObserver(() => last && isLost() && restore())
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] })
}

function remembered(button) {
  const containers = []
  for (let part = button.parentElement; part && part.dataset.testid !== "stMain"; part = part.parentElement) {
    if (part.dataset.testid === "stVerticalBlock" || part.dataset.testid === "stHorizontalBlock") {
      containers.push({ part, index: stopsIn(part).indexOf(button) })
    }
  }
  return { button, containers }
}

const isLost = () => !last.button.isConnected || last.button.disabled

function restore() {
  const { containers } = last
  const free = document.activeElement === document.body || document.activeElement === last.button
  last = null
  if (!free || !isByKey()) return
  const place = containers.find(({ part }) => part.isConnected && stopsIn(part).length)
  if (!place) return
  const stops = stopsIn(place.part)
  stops[Math.min(place.index, stops.length - 1)].focus({ preventScroll: true })
}
