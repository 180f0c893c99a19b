// Takes a file by a button or by dropping it, sends it to the server's intake, and tells the page its ticket.

import { mounted } from "../lib/mount.js"
import { Refused, send } from "./sending.js"

const MEGABYTE = 2 ** 20

export const render = mounted((parentElement) => new Intake(parentElement))

class Intake {
  constructor(parentElement) {
    this.outer = parentElement.querySelector(".vaelab-intake")
    this.choose = this.outer.querySelector("[name=choose]")
    this.cancel = this.outer.querySelector("[name=cancel]")
    this.file = this.outer.querySelector("[name=file]")
    this.choose.onclick = () => this.file.click()
    this.cancel.onclick = () => this.stop()
    this.file.onchange = () => {
      if (this.file.files[0]) this.take(this.file.files[0])
      this.file.value = "" // the same file can be chosen again
    }
    this.followKey = this.followKey.bind(this)
    // Streamlit closes a popover by Escape before its elements hear of the key; the window hears of it first.
    window.addEventListener("keydown", this.followKey, { capture: true })
    followDrop(this.part("area"), this)
  }

  part(name) {
    return this.outer.querySelector(`[data-part=${name}]`)
  }

  update(component) {
    const { label, ending, largest, uses, refusal } = component.data
    this.component = component
    this.part("label").textContent = label
    this.part("hint").textContent = `or drop it here: ${ending}, at most ${megabytes(largest)}\u00a0MB`
    this.file.accept = ending
    this.choose.setAttribute("aria-label", `Choose a file: ${label}, ${ending}, at most ${megabytes(largest)} MB`)
    this.file.setAttribute("aria-label", label)
    // The page has used the file that it was told of, or has said why it cannot.
    if (this.uses !== uses && !this.sending) this.show("ready")
    if (this.uses === undefined) {
      this.opener = document.querySelector(OPENER)
      if (this.opener && document.activeElement === this.opener) this.choose.focus()
    } else if (this.uses !== uses) {
      // The sentence goes as soon as another file is chosen, and does not come back with the next drawing.
      this.say(refusal)
      this.given = !refusal
    }
    this.uses = uses
  }

  // States: `ready` for a file, `sending`, `sent` until the page has used the file.
  show(state) {
    const hadFocus = this.outer.contains(document.activeElement)
    this.outer.dataset.state = state
    this.part("area").hidden = state !== "ready"
    this.part("sending").hidden = state === "ready"
    this.cancel.hidden = state !== "sending"
    // The focus would be lost together with the button that had it.
    const next = { ready: this.choose, sending: this.cancel, sent: this.part("sending") }[state]
    if (hadFocus) next.focus()
  }

  async take(file) {
    const refusal = this.refusal(file)
    this.say(refusal)
    if (refusal) return
    const sending = (this.sending = new AbortController())
    this.part("name").textContent = this.part("name").title = file.name
    this.progress(file, 0)
    this.show("sending")
    this.speak(`Sending ${file.name}.`)
    try {
      const progress = (bytes) => this.progress(file, bytes)
      const ticket = await send(file, this.component.data.address, { progress, signal: sending.signal })
      if (sending.signal.aborted) return
      this.sending = null
      this.part("size").textContent = "is being read …"
      this.show("sent")
      this.speak(`${file.name} is here and is being read.`)
      this.given = true // unless the page says why it cannot use it
      this.component.setTriggerValue("sent", ticket)
    } catch (error) {
      if (sending.signal.aborted) return
      this.sending = null
      this.show("ready")
      if (!(error instanceof Refused)) console.error(error)
      this.say(error instanceof Refused ? error.message : "This file could not be sent; try again.")
    }
  }

  refusal(file) {
    const { ending, largest } = this.component.data
    const name = `“${file.name}”`
    if (!file.name.toLowerCase().endsWith(ending)) return `${name} cannot be taken: its name must end in ${ending}.`
    if (file.size > largest) return `${name} has ${megabytes(file.size)} MB; at most ${megabytes(largest)} MB can be taken.`
    return ""
  }

  progress(file, bytes) {
    // The body that is sent is the file alone, but a browser may count more.
    const share = file.size ? Math.min(1, bytes / file.size) : 0
    const bar = this.part("progress")
    const quarter = Math.floor(4 * share)
    if (quarter > Math.floor(4 * bar.value) && quarter < 4) this.speak(`${25 * quarter} % are sent.`)
    bar.value = share
    bar.setAttribute("aria-label", `Sending ${file.name}`)
    this.part("size").textContent = `${((share * file.size) / MEGABYTE).toFixed(1)} of ${megabytes(file.size)} MB`
  }

  stop() {
    this.sending?.abort()
    this.sending = null
    this.show("ready")
    this.speak("Cancelled. Nothing is kept.")
  }

  // Escape cancels an upload; otherwise it closes what the widget stands in.
  followKey(event) {
    if (event.key !== "Escape" || !this.sending) return
    event.preventDefault()
    event.stopPropagation()
    this.stop()
  }

  say(sentence) {
    this.part("notice").textContent = sentence
  }

  speak(sentence) {
    this.part("spoken").textContent = sentence
  }

  remove() {
    window.removeEventListener("keydown", this.followKey, { capture: true })
    this.sending?.abort()
    this.sending = null
    // A popover that the page closes, because it has used the file, would take the focus with it.
    const { activeElement, body } = document
    const hasFocus = activeElement === body || this.outer.contains(activeElement)
    if (this.given && hasFocus) this.opener?.focus({ preventScroll: true })
  }
}

// The button of an open popover. Streamlit leaves the focus there, and puts the popover at the end of the page,
// which Tab reaches only after everything else.
const OPENER = "[aria-haspopup=dialog][aria-expanded=true]"

// Rounded up, so that a file that is just too large reads larger than what is allowed.
function megabytes(bytes) {
  const size = Math.ceil((10 * bytes) / MEGABYTE) / 10
  return size >= 10 && Number.isInteger(size) ? String(size) : size.toFixed(1)
}

function followDrop(area, view) {
  const mark = (is) => area.classList.toggle("dropping", is)
  area.addEventListener("dragover", (event) => {
    event.preventDefault()
    mark(true)
  })
  area.addEventListener("dragleave", () => mark(false))
  area.addEventListener("drop", (event) => {
    event.preventDefault()
    mark(false)
    const { files } = event.dataTransfer
    if (files.length === 1) view.take(files[0])
    else view.say(files.length ? "Only one file at a time can be taken." : "Only a file can be dropped here.")
  })
}
