// A dial: a number to type, a slider over values on a scale below it, and a word on what it is.
//
// The page is told of every change with a number that counts them. It sends the number back with the value that it
// has then, so that an answer to an earlier change does not move a dial that has been moved further since.

import { mounted } from "../lib/mount.js"
import { explanation, opensOnHover, showBeside } from "./bubble.js"

const PAUSE = 250 // milliseconds between two reports of a slider that is being moved

export const render = mounted((parentElement) => new Dial(parentElement))

class Dial {
  constructor(parentElement) {
    this.outer = parentElement.querySelector(".vaelab-dial")
    for (const name of ["label", "ask", "number", "slider", "marks", "words", "help", "refusal"])
      this[name] = this.outer.querySelector(`[data-part=${name}]`)
    this.count = 0
    this.ask.popoverTargetElement = this.help
    this.help.addEventListener("toggle", ({ newState }) => this.ask.setAttribute("aria-expanded", newState === "open"))
    this.help.addEventListener("beforetoggle", ({ newState }) => newState === "open" && showBeside(this.help, this.ask))
    opensOnHover(this.help, this.ask)
    this.refusal.addEventListener("beforetoggle", ({ newState }) => newState === "open" && showBeside(this.refusal, this.number))
    this.slider.addEventListener("input", () => this.slide())
    this.slider.addEventListener("change", () => this.report())
    this.slider.addEventListener("pointerdown", () => this.hold())
    this.number.addEventListener("keydown", (event) => this.followKey(event))
    this.number.addEventListener("input", () => (this.awaits = false))
    this.number.addEventListener("focus", () => this.number.select())
    this.number.addEventListener("blur", () => this.type())
  }

  update(component) {
    const { data } = component
    this.component = component
    if (this.described !== JSON.stringify(data.face) + data.off) this.describe(data)
    this.settle()
    if (data.refusal && data.count === this.count && this.refused !== data.count) {
      this.refused = data.count
      this.refusal.textContent = data.refusal
      this.refusal.showPopover()
    }
  }

  describe({ face, off, key }) {
    this.described = JSON.stringify(face) + off
    const { label, words, stops, marks, least, most } = face
    const last = stops.length - 1
    this.stops = stops
    this.label.textContent = label
    this.label.htmlFor = this.number.id = `${key}-number`
    this.words.textContent = off || words
    this.words.title = off
    this.words.id = `${key}-words`
    this.ask.setAttribute("aria-label", `What is ${label}?`)
    this.outer.setAttribute("aria-label", label)
    this.outer.classList.add("described")
    this.outer.classList.toggle("off", Boolean(off))
    for (const input of [this.number, this.slider]) {
      input.disabled = Boolean(off)
      input.setAttribute("aria-label", label)
      input.setAttribute("aria-describedby", this.words.id)
    }
    this.number.setAttribute("aria-valuemin", least)
    this.number.setAttribute("aria-valuemax", most)
    this.slider.max = last
    this.marks.replaceChildren(
      ...marks.map((value) => {
        const mark = document.createElement("i")
        mark.style.setProperty("--share", stops.indexOf(value) / last)
        return mark
      }),
    )
    this.help.replaceChildren(...explanation(face, off))
  }

  // Shows the page's value, unless the dial is being moved, or the page does not know yet how far it was moved.
  settle() {
    const { value, count } = this.component.data
    if (this.held || this.unsent !== undefined || count < this.count) return
    this.count = count
    this.show(value)
    this.awaits = false
  }

  show(value) {
    const text = String(value)
    const isEdited = this.number === document.activeElement && this.number.value !== String(this.value) && !this.awaits
    this.value = value
    if (!isEdited) this.write(text)
    this.slider.value = nearest(this.stops, value)
    this.slider.setAttribute("aria-valuetext", text)
    this.number.setAttribute("aria-valuenow", text)
  }

  write(text) {
    this.number.value = text
    this.number.style.width = `calc(${Math.max(3, text.length)}ch + 0.75rem)`
  }

  hold() {
    this.held = true
    const release = () => {
      this.held = false
      this.report()
      this.settle()
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, release)
    }
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, release)
  }

  slide() {
    this.move(this.stops[this.slider.value])
  }

  move(value) {
    if (value === this.value) return
    this.show(value)
    this.write(String(value))
    this.unsent = value
    // The timer of an earlier change reports this one, too.
    this.timer ??= setTimeout(() => this.report(), Math.max(0, (this.sent ?? 0) + PAUSE - performance.now()))
  }

  report() {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.unsent === undefined) return
    this.send(this.unsent)
    this.unsent = undefined
  }

  send(value) {
    this.sent = performance.now()
    this.count += 1
    this.component.setStateValue("moved", { value, count: this.count })
  }

  // Reports what was typed. It stays there until the page has read it; a wrong number then gives way to the last one.
  type() {
    this.report()
    const text = this.number.value.trim()
    if (this.awaits) return
    if (!text || text === String(this.value)) return this.write(String(this.value))
    this.awaits = true
    this.send(text)
  }

  followKey(event) {
    const { key } = event
    if (key === "Enter") this.type()
    else if (key === "Escape" && this.number.value !== String(this.value)) {
      this.write(String(this.value))
      event.stopPropagation() // it would close what the dial stands in
    } else if (key === "ArrowUp") this.move(this.stops.find((stop) => stop > this.value) ?? this.value)
    else if (key === "ArrowDown") this.move(this.stops.findLast((stop) => stop < this.value) ?? this.value)
    else return
    event.preventDefault()
  }

  remove() {
    clearTimeout(this.timer)
  }
}

// The index of the value on the scale that is nearest to one, by their ratio.
function nearest(stops, value) {
  const distance = (stop) => (stop === value ? -1 : stop > 0 && value > 0 ? Math.abs(Math.log(stop / value)) : Infinity)
  return stops.reduce((best, stop, index) => (distance(stop) < distance(stops[best]) ? index : best), 0)
}
