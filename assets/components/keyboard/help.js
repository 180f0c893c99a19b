// Streamlit calls a "?" beside a text "Help" and no more: its name says which text it explains.

const NAMELESS = 'button[aria-label="Help"]'
const LONGEST = 60 // letters of a name

export function nameHelp() {
  let waits = false
  const look = () => {
    waits = false
    for (const button of document.querySelectorAll(NAMELESS)) {
      const name = explained(button)
      if (name) button.setAttribute("aria-label", `Help: ${name}`)
    }
  }
  const observer = new MutationObserver(() => {
    if (waits) return
    waits = true
    requestAnimationFrame(look)
  })
  observer.observe(document.body, { childList: true, subtree: true })
}

// What is in bold in the text, or else its beginning; a number alone is called by what stands beside it.
function explained(button) {
  const text = button.closest('[data-testid="stMarkdown"], [data-testid="stHeading"]')
  const words = wordsOf(text?.querySelector("strong, h1, h2, h3") ?? text)
  if (/[a-z]/i.test(words)) return words.slice(0, LONGEST)
  const beside = text?.closest('[data-testid="stElementContainer"]')?.nextElementSibling
  return `${words} ${wordsOf(beside)}`.trim().slice(0, LONGEST)
}

const wordsOf = (part) => (part?.textContent ?? "").replace(/\s+/g, " ").trim()
