// When another lesson has taken the place of the one before, go to its beginning, as a new page would:
// Streamlit keeps the place of the old one, and keyboard and screen reader would go on nowhere.

let current = null

export function render({ data: { place } }) {
  const changed = current !== null && place !== current
  current = place
  if (!changed) return
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)
  const heading = document.querySelector('[data-testid="stMain"] h1')
  if (!heading) return
  heading.tabIndex = -1
  heading.style.outline = "none"
  heading.focus({ preventScroll: true })
}
