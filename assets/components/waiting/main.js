// A page on which nothing changes need not be drawn again and again. This component asks the server for the
// state of the runs, which costs next to nothing, updates the texts about waiting runs, and lets the script run
// only when something has changed.

import { mounted } from "../lib/mount.js"

const FIRST = 100 // milliseconds until the first look: whoever has just pressed Train waits for it
const LONGEST = 2000 // between two looks later on

export const render = mounted((parentElement) => new Waiting(parentElement))

class Waiting {
  constructor(parentElement) {
    this.outer = parentElement.querySelector(".vaelab-waiting")
    this.words = this.outer.querySelector(".vaelab-waiting-words")
  }

  update(component) {
    this.component = component
    const { address, standing, name, words } = component.data
    this.outer.hidden = !name
    this.say(words)
    if (this.address === address && this.standing === standing) return
    Object.assign(this, { address, standing })
    this.stop()
    this.lookIn(FIRST)
  }

  say(words) {
    const name = document.createElement("strong")
    name.textContent = this.component.data.name
    this.words.replaceChildren(`${words} `, name) // a long name is cut at its end
  }

  lookIn(pause) {
    this.timer = setTimeout(() => this.look(Math.min(2 * pause, LONGEST)), pause)
  }

  stop() {
    clearTimeout(this.timer)
    this.asking?.abort()
  }

  remove() {
    this.stop()
  }

  // A server that does not answer is asked again: when it is back, Streamlit draws the page anew by itself.
  async look(next) {
    const asking = (this.asking = new AbortController())
    try {
      const answer = await fetch(this.address, { signal: asking.signal, cache: "no-store" })
      const { standing, words } = await answer.json()
      if (asking.signal.aborted) return
      if (standing !== this.standing) this.component.setTriggerValue("changed", standing)
      else if (this.component.data.name) this.say(words)
    } catch (error) {
      if (asking.signal.aborted) return
      console.info("How things stand could not be asked:", error)
    }
    this.lookIn(next)
  }
}
