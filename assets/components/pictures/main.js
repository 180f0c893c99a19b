// Sheets of small pictures that change in place: a new picture is decoded before it replaces the old
// one, so that nothing flickers, and no element is made anew while the sheet keeps its shape.

import { mounted } from "../lib/mount.js"
import { composed, save, saveButton } from "../lib/saving.js"
import { buildSheet, shapeOf } from "./sheet.js"

export const render = mounted((parentElement) => new View(parentElement))

class View {
  constructor(parentElement) {
    this.wanted = null
    this.shapes = null
    this.sheets = []
    this.outer = parentElement.querySelector(".vaelab-pictures")
    this.inner = document.createElement("div")
    this.inner.className = "vaelab-pictures-sheets"
    this.save = saveButton((name) => this.download(name))
  }

  async update({ data }) {
    const wanted = JSON.stringify(data)
    if (wanted === this.wanted) return // a live page sends its pictures again and again
    this.wanted = wanted
    try {
      // The first pictures replace none, and their places are wanted at once.
      if (this.shapes !== null) await Promise.all(data.sheets.map(({ source }) => decoded(source)))
      // A picture that took long must not replace a newer one.
      if (this.wanted === wanted) this.show(data)
    } catch (error) {
      console.error(error)
      if (this.wanted !== wanted) return // a newer one is on its way
      this.wanted = null
      this.outer.textContent = "The pictures could not be drawn; reload the page to try again."
      this.shapes = null
    }
  }

  show(data) {
    const shapes = data.sheets.map(shapeOf).join(" ")
    if (shapes !== this.shapes) {
      this.sheets = data.sheets.map(buildSheet)
      this.inner.replaceChildren(...this.sheets.map(({ element }) => element))
      // The button is inserted only once, because a button that is moved loses the focus.
      if (this.inner.parentElement !== this.outer) this.outer.replaceChildren(this.inner, this.save.element)
      this.shapes = shapes
    }
    this.shown = data
    this.save.offer(data.file_name)
    data.sheets.forEach((sheet, index) => this.sheets[index].update(sheet, data.max_scale))
    Object.assign(this.outer.dataset, { state: data.state, step: data.step ?? "" })
  }

  // A single sheet is saved as it is, several sheets below each other.
  async download(name) {
    const { sheets } = this.shown
    if (sheets.length === 1) return save(name, sheets[0].source)
    const images = await Promise.all(sheets.map(({ source }) => decoded(source)))
    save(name, composed(images.map((image) => [image]), sheets[0].gap))
  }
}

async function decoded(source) {
  const image = new Image()
  image.src = source
  await image.decode()
  return image
}
