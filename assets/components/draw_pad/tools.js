// The buttons of the pad, and the ways to load an image: a chosen file, a dropped file, the clipboard.

// `view` has undo(), clear(), takeFile(file) and say(text).
export function followTools(outer, pad, view) {
  const named = (name) => outer.querySelector(`[name=${name}]`)
  named("undo").onclick = () => view.undo()
  named("clear").onclick = () => view.clear()
  named("upload").onclick = () => named("file").click()
  named("file").onchange = ({ target }) => {
    if (target.files[0]) view.takeFile(target.files[0])
    target.value = "" // the same file can be chosen again
  }
  followPaste(outer, named("paste"), view)
  followDrop(pad, view)
  pad.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z") return
    event.preventDefault()
    view.undo()
  })
}

const HOW_TO_PASTE = "Click the pad and press Ctrl+V (on a Mac Cmd+V) to paste a copied image."

function followPaste(outer, button, view) {
  outer.addEventListener("paste", (event) => {
    event.preventDefault()
    const file = event.clipboardData.files[0]
    if (file) view.takeFile(file)
    else view.say("There is no image on the clipboard; copy one first.")
  })
  // Browsers let a page look at the clipboard only over https or on this computer, and may ask first.
  button.onclick = async () => {
    try {
      const items = await navigator.clipboard.read()
      const item = items.find(({ types }) => types.some(isImage))
      if (item) view.takeFile(await item.getType(item.types.find(isImage)))
      else view.say("There is no image on the clipboard; copy one first.")
    } catch {
      view.say(HOW_TO_PASTE)
    }
  }
}

const isImage = (type) => type.startsWith("image/")

function followDrop(pad, view) {
  const mark = (is) => pad.classList.toggle("dropping", is)
  pad.addEventListener("dragover", (event) => {
    event.preventDefault()
    mark(true)
  })
  pad.addEventListener("dragleave", () => mark(false))
  pad.addEventListener("drop", (event) => {
    event.preventDefault()
    mark(false)
    const file = event.dataTransfer.files[0]
    if (file) view.takeFile(file)
    else view.say("Only a file can be dropped here.")
  })
}
