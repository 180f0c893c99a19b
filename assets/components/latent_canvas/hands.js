// Translates mouse, touch and keyboard on the plane into calls of the canvas:
//   moveTo(position), leave(), panBy(across, down), zoomAt(position, factor), zoomBy(factor, position), choose(position),
//   chooseCursor(), toggleLasso(), lassoAt(position), cornerAt(position), endLasso(), cancel(), jumpToNearest(),
//   resetView(), cursorPosition()
// Positions are in pixels of the canvas.

const STILL = 5 // pixels that a hand may tremble while it clicks
const STEP = 12 // pixels that an arrow key moves the cursor; with Shift a sixth of it
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }

export function followHands(node, canvas) {
  const fingers = new Map() // the position of every pressed pointer
  let pressed = null // where the only one went down
  let moved = false
  const position = (event) => {
    const { left, top } = node.getBoundingClientRect()
    return [event.clientX - left, event.clientY - top]
  }

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return
    node.setPointerCapture(event.pointerId)
    fingers.set(event.pointerId, position(event))
    pressed = fingers.size === 1 ? position(event) : null
    moved = false
    if (fingers.size > 1) canvas.cancel()
    else if (canvas.lassoing) canvas.lassoAt(position(event))
    else if (event.pointerType === "touch") canvas.moveTo(position(event))
  })

  node.addEventListener("pointermove", (event) => {
    const now = position(event)
    const before = fingers.get(event.pointerId)
    if (!before) return canvas.moveTo(now)
    if (pressed && !moved && Math.hypot(now[0] - pressed[0], now[1] - pressed[1]) < STILL) return
    moved = true
    if (fingers.size > 1) pinch(event.pointerId, now)
    else if (canvas.lassoing) canvas.lassoAt(now)
    else if (event.pointerType === "touch") canvas.moveTo(now)
    else canvas.panBy(now[0] - before[0], now[1] - before[1])
    fingers.set(event.pointerId, now)
  })

  // With two fingers, the points under both stay there as far as one scale for both axes allows.
  function pinch(moving, now) {
    const [still] = [...fingers].filter(([id]) => id !== moving).map(([, where]) => where)
    const before = fingers.get(moving)
    const distance = (a) => Math.hypot(a[0] - still[0], a[1] - still[1]) || 1
    const middle = (a) => [(a[0] + still[0]) / 2, (a[1] + still[1]) / 2]
    canvas.zoomAt(middle(before), distance(now) / distance(before))
    canvas.panBy(middle(now)[0] - middle(before)[0], middle(now)[1] - middle(before)[1])
  }

  const release = (event) => {
    const only = fingers.size === 1 && fingers.delete(event.pointerId)
    fingers.delete(event.pointerId)
    if (!only || event.type === "pointercancel") return
    if (canvas.lassoing) canvas.endLasso()
    else if (!moved && pressed) canvas.choose(position(event))
    pressed = null
  }
  node.addEventListener("pointerup", release)
  node.addEventListener("pointercancel", release)
  node.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && canvas.leave())
  node.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey && isPassedBy(node)) return
      event.preventDefault()
      canvas.zoomAt(position(event), 2 ** (-event.deltaY / (event.deltaMode === 1 ? 12 : 300)))
    },
    { passive: false },
  )
  node.addEventListener("keydown", (event) => followKey(event, canvas))
}

const FILLS = 0.6 // of the window's height, from which on a plane is what a page is about
const LONG = 1.5 // times the window's height, from which on a page is one to scroll through

// Whether the wheel over a plane scrolls the page: on a long page, over a plane that does not fill the window and that
// nobody has pressed. With Ctrl, which two fingers on a touchpad send too, the wheel zooms everywhere.
function isPassedBy(node) {
  if (document.activeElement === node || node.clientHeight >= FILLS * innerHeight) return false
  const page = node.closest('[data-testid="stMain"]')
  return page !== null && page.scrollHeight > LONG * page.clientHeight
}

function followKey(event, canvas) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const at = canvas.cursorPosition()
  const arrow = ARROWS[event.key]
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key // whatever Caps Lock says
  const keys = {
    Enter: () => (canvas.lassoing ? canvas.cornerAt(at) : canvas.chooseCursor()),
    "+": () => canvas.zoomBy(1.5, at),
    "=": () => canvas.zoomBy(1.5, at), // the same key without Shift
    "-": () => canvas.zoomBy(1 / 1.5, at),
    0: () => canvas.resetView(),
    n: () => canvas.jumpToNearest(),
    l: () => canvas.toggleLasso(),
    Escape: () => canvas.cancel(),
  }
  if (arrow) {
    const step = event.shiftKey ? STEP / 6 : STEP
    canvas.moveTo([at[0] + step * arrow[0], at[1] + step * arrow[1]], { bySteps: true })
  } else if (keys[key]) keys[key]()
  else return
  event.preventDefault()
}
