// Streamlit calls a component's `render` after every change of the data or the theme, and calls the function that
// `render` returned when it removes the component.

// Makes a component's `render`. `make(parentElement)` returns the view for one element in which Streamlit mounts
// the component. The view has `update(component, urls)` and, if it has something to release, `remove()`.
export function mounted(make) {
  const views = new WeakMap()
  return (component, urls) => {
    const { parentElement } = component
    if (!views.has(parentElement)) views.set(parentElement, { view: make(parentElement), calls: 0 })
    const entry = views.get(parentElement)
    entry.view.update(component, urls)
    // Streamlit also runs the clean-up of a call after a newer call: only that of the last call counts.
    const call = ++entry.calls
    return () => {
      if (call !== entry.calls) return
      entry.view.remove?.()
      views.delete(parentElement)
    }
  }
}
