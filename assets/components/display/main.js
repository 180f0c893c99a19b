// An address may ask for other parts or larger letters, `?present=1`. The first page of the server then has the styles
// of that address, `style[data-first]`, so that nothing moves when the script's own arrive. Those may change later.

const first = document.querySelector("style[data-first]")

function giveWay() {
  if (!document.querySelector("style[data-display]:not([data-first])")) return
  first.remove()
  observer.disconnect()
}

const observer = new MutationObserver(giveWay)
observer.observe(document.body, { childList: true, subtree: true })
giveWay()
