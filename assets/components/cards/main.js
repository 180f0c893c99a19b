// Cards to choose one of: each a picture, a title and a sentence. Tab and the arrow keys go from one to the next.

import { mounted } from "../lib/mount.js"

export const render = mounted((parentElement) => new Cards(parentElement))

class Cards {
  constructor(parentElement) {
    this.outer = parentElement.querySelector(".vaelab-cards")
    this.outer.addEventListener("keydown", (event) => this.followKey(event))
    this.opens = document.querySelector(OPENER)?.closest("[class*=st-key-]")?.classList ?? []
  }

  update(component) {
    const { cards, current } = component.data
    this.component = component
    const wanted = JSON.stringify(cards)
    if (wanted !== this.wanted) {
      this.wanted = wanted
      this.buttons = cards.map((card) => this.made(card))
      this.outer.replaceChildren(...this.buttons)
    }
    for (const button of this.buttons) {
      if (button.name === current) button.setAttribute("aria-current", "true")
      else button.removeAttribute("aria-current")
    }
  }

  made({ name, title, sentence, picture }) {
    const button = Object.assign(document.createElement("button"), { type: "button", name })
    const heading = Object.assign(document.createElement("strong"), { textContent: title })
    const words = Object.assign(document.createElement("span"), { textContent: sentence })
    // The sentence says more than a description of the picture could.
    if (picture) button.append(Object.assign(document.createElement("img"), { src: picture, alt: "" }))
    button.append(heading, words)
    button.addEventListener("click", () => {
      this.chosen = true
      this.component.setTriggerValue("chosen", name)
    })
    return button
  }

  followKey(event) {
    const columns = getComputedStyle(this.outer).gridTemplateColumns.split(" ").length
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }
    const next = this.buttons[this.buttons.indexOf(document.activeElement) + steps[event.key]]
    if (!next) return
    event.preventDefault()
    next.focus()
  }

  // A popover that the page closes, because a card was chosen, would take the focus with it. Its button may be a
  // new one, because it is named after the choice.
  remove() {
    if (!this.chosen) return
    const place = [...this.opens].find((name) => name.startsWith("st-key-"))
    setTimeout(() => {
      if (document.activeElement !== document.body) return
      document.querySelector(`.${place} button`)?.focus({ preventScroll: true })
    })
  }
}

// The button of the open popover.
const OPENER = "[aria-haspopup=dialog][aria-expanded=true]"
