// Scrolls to the beginning after a change of lesson, as a new page would. Streamlit keeps the scroll position
// of the old lesson, and the focus of keyboard and screen reader would be on an element that is gone.

let current = null

export function render({ data: { part, focus } }) {
  const changed = current !== null && part !== current
  current = part
  if (!changed) return
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)
  if (!focus) return
  const heading = document.querySelector('[data-testid="stMain"] h1')
  if (!heading) return
  heading.tabIndex = -1
  heading.style.outline = "none"
  heading.focus({ preventScroll: true })
}
