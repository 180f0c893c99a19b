// The stops of Tab within a part of the page.

const STOPS = "a[href], button, input, select, textarea, [tabindex]"

// The elements that Tab stops at, in their order; of a group of radio buttons the browser takes the one that is chosen.
export function stopsIn(part) {
  return [...part.querySelectorAll(STOPS)].filter(
    (element) => tabIndexOf(element) >= 0 && !element.disabled && element.checkVisibility({ visibilityProperty: true }) && !isOtherRadio(element),
  )
}

// While the focus is outside a popover, the popover's own code takes its elements out of the order and keeps what was
// theirs in `data-tabindex`.
const tabIndexOf = ({ tabIndex, dataset }) => (dataset.tabindex === undefined ? tabIndex : Number(dataset.tabindex))

function isOtherRadio({ type, name, checked, form }) {
  return type === "radio" && !checked && !!name && !!(form ?? document).querySelector(`input[name="${CSS.escape(name)}"]:checked`)
}

// The buttons "?" stand before what they explain.
export const isHelp = (element) => element.matches('button[aria-label^="Help"], button[aria-label^="What is"]')

// Whether the last thing pressed was a key: only then does anybody look for the focus.
let byKey = false
addEventListener("keydown", () => (byKey = true), true)
addEventListener("pointerdown", () => (byKey = false), true)
export const isByKey = () => byKey
