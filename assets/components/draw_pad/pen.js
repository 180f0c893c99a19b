// Drawing by mouse, finger or stylus, and by the keyboard alone: arrows move a cursor, Space puts the pen
// down and lifts it. Both call the same three functions: down(point), move(point), up().

const KEY_STEP = 1 / 56 // of the pad's width; half a pixel of MNIST
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export function followPointer(pad, canvas, { down, move, up }) {
  let pointer = null // only the first finger draws
  const position = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect()
    return [((clientX - box.left) / box.width) * canvas.width, ((clientY - box.top) / box.height) * canvas.height]
  }
  pad.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return
    pointer = event.pointerId
    pad.setPointerCapture(pointer)
    down(position(event))
  })
  pad.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return
    // A fast pen makes several events per frame. Some browsers do not group them, and tests provide none.
    const all = event.getCoalescedEvents?.() ?? []
    for (const each of all.length ? all : [event]) move(position(each))
  })
  const lift = (event) => {
    if (event.pointerId !== pointer) return
    pointer = null
    up()
  }
  pad.addEventListener("pointerup", lift)
  pad.addEventListener("pointercancel", lift)
}

export function followKeys(pad, canvas, cursor, { down, move, up, say }) {
  let isDown = false
  const at = [0.5, 0.3]
  const point = () => [at[0] * canvas.width, at[1] * canvas.height]
  const show = () => {
    cursor.style.left = `${100 * at[0]}%`
    cursor.style.top = `${100 * at[1]}%`
    cursor.classList.toggle("down", isDown)
  }
  const lift = () => {
    if (!isDown) return
    isDown = false
    up()
    say("Pen up")
    show()
  }
  const press = () => {
    isDown = true
    down(point())
    say("Pen down")
    show()
  }
  const step = (direction, length) => {
    direction.forEach((sign, axis) => (at[axis] = Math.min(1, Math.max(0, at[axis] + sign * length))))
    if (isDown) move(point())
    show()
  }
  pad.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key in ARROWS) step(ARROWS[event.key], event.shiftKey ? 4 * KEY_STEP : KEY_STEP)
    else if (event.key === " ") isDown ? lift() : event.repeat || press()
    else if (event.key === "Escape") lift()
    else return
    event.preventDefault()
  })
  // A mouse, finger or stylus puts the pen at its own position.
  pad.addEventListener("pointerdown", lift)
  pad.addEventListener("blur", lift)
  show()
}
