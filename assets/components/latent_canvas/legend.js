// The classes as buttons that hide and show their codes.

export function legend(outer, { classes, compact, layers, shared }, hidden, redraw) {
  const box = outer.querySelector(".vaelab-canvas-legend")
  box.hidden = compact || shared
  box.style.visibility = layers.points ? "" : "hidden" // keeps its room
  const names = classes.map(({ name }) => name).join()
  if (box.dataset.classes === names) return
  box.dataset.classes = names
  hidden.clear()
  box.replaceChildren(
    ...classes.map(({ name, color }, label) => {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = name
      button.title = `Hide or show ${name}`
      button.style.setProperty("--class-color", color)
      button.setAttribute("aria-pressed", "true")
      button.onclick = () => {
        if (!hidden.delete(label)) hidden.add(label)
        button.setAttribute("aria-pressed", String(!hidden.has(label)))
        redraw()
      }
      return button
    }),
  )
}
