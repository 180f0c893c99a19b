// What a dial says beside itself: the explanation of its field, and why a value was refused.

const LINGER = 200 // milliseconds for the way from a button to its bubble
const GAP = 8 // pixels from what a bubble explains, and from the edges of the window

// Puts a bubble that is about to be shown to the right of an element if there is room, else below it.
export function showBeside(bubble, element) {
  requestAnimationFrame(() => {
    const beside = element.getBoundingClientRect()
    const { width, height } = bubble.getBoundingClientRect()
    const isBeside = beside.right + GAP + width + GAP <= innerWidth
    const left = isBeside ? beside.right + GAP : Math.max(GAP, Math.min(beside.left, innerWidth - width - GAP))
    const top = isBeside ? beside.top : beside.bottom + GAP
    Object.assign(bubble.style, { left: `${left}px`, top: `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px` })
  })
}

// Opens the bubble of a button while a mouse is over either, as the other explanations of a page open. A press keeps
// it open, and a second press closes it.
export function opensOnHover(bubble, button) {
  let isPassing = false
  let timer
  const isMouse = (listen) => (event) => event.pointerType === "mouse" && listen(event)
  const stay = isMouse(() => clearTimeout(timer))
  const leave = isMouse(() => {
    clearTimeout(timer)
    if (isPassing) timer = setTimeout(() => bubble.hidePopover(), LINGER)
  })
  const enter = isMouse((event) => {
    stay(event)
    if (bubble.matches(":popover-open")) return
    isPassing = true
    bubble.showPopover()
  })
  button.addEventListener("pointerenter", enter)
  button.addEventListener("click", (event) => {
    if (isPassing) event.preventDefault()
    isPassing = false
  })
  bubble.addEventListener("pointerenter", stay)
  for (const element of [button, bubble]) element.addEventListener("pointerleave", leave)
  bubble.addEventListener("toggle", ({ newState }) => {
    if (newState === "closed") isPassing = false
  })
}

export function explanation({ help, pictures, pictured }, off) {
  const paragraphs = [help, off && `Not in force: ${off}.`, pictures.length && pictured].filter(Boolean).map((text) => {
    const paragraph = document.createElement("p")
    paragraph.textContent = text
    return paragraph
  })
  return pictures.length ? [...paragraphs, gallery(pictures)] : paragraphs
}

function gallery(pictures) {
  const row = document.createElement("div")
  row.className = "vaelab-dial-pictures"
  row.append(
    ...pictures.map(({ address, caption, alt }) => {
      const figure = document.createElement("figure")
      const image = Object.assign(document.createElement("img"), { alt, loading: "lazy", src: address })
      const words = document.createElement("figcaption")
      words.textContent = caption
      figure.append(image, words)
      return figure
    }),
  )
  return row
}
