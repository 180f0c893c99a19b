// How Streamlit shows a component: it calls `render` after every change of the data or the theme, and what that
// returned once the component is to go.

// Makes a component's `render`. `make(parentElement)` gives the view for one place where Streamlit has mounted the
// component; the view has `update(component, urls)` and, where it holds something to let go, `remove()`.
export function mounted(make) {
  const views = new WeakMap()
  return (component, urls) => {
    const { parentElement } = component
    if (!views.has(parentElement)) views.set(parentElement, { view: make(parentElement), calls: 0 })
    const place = views.get(parentElement)
    place.view.update(component, urls)
    // Streamlit also runs the clean-up of a call that a newer call has overtaken: only the last counts.
    const call = ++place.calls
    return () => {
      if (call !== place.calls) return
      place.view.remove?.()
      views.delete(parentElement)
    }
  }
}
