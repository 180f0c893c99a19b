// Asks the worker to run the model on the drawing: always on the latest one; older requests that have not
// begun are dropped.

const DRAWS = 8

export class Computing {
  constructor() {
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
    this.waiting = new Map()
    this.asked = 0
    this.isBusy = false
    this.worker.onmessage = ({ data }) => this.receive(data)
    // The worker itself could not be loaded.
    this.worker.onerror = () => [...this.waiting.keys()].forEach((id) => this.receive({ id, error: "no worker" }))
  }

  load(urls) {
    return this.ask("load", urls)
  }

  ask(name, question) {
    return new Promise((resolve, reject) => {
      this.waiting.set(++this.asked, { resolve, reject })
      this.worker.postMessage({ id: this.asked, name, question })
    })
  }

  receive({ id, answer, error }) {
    const { resolve, reject } = this.waiting.get(id)
    this.waiting.delete(id)
    if (error) reject(new Error(error))
    else resolve(answer)
  }

  // Calls `show({ pixels, mean, logvar, reconstruction, draws })`, first without draws, then again after each.
  async follow(pixels, show) {
    this.latest = pixels
    if (this.isBusy) return
    this.isBusy = true
    try {
      let done
      do {
        done = this.latest
        await this.answer(done, show)
      } while (done !== this.latest)
    } finally {
      this.isBusy = false
    }
  }

  async answer(pixels, show) {
    if (pixels === null) return show(null)
    const result = { pixels, ...(await this.ask("reconstruct", { pixels })), draws: [] }
    if (this.latest === null) return
    show(result)
    if (!result.logvar) return
    for (const noise of noises(result.mean.length)) {
      if (this.latest !== pixels) return
      const z = result.mean.map((mean, index) => mean + Math.exp(result.logvar[index] / 2) * noise[index])
      result.draws.push(await this.ask("decode", { z }))
    }
    if (this.latest === pixels) show(result)
  }

  stop() {
    this.worker.terminate()
  }
}

// The same standard normal numbers every time, so that the pictures change only with the drawing.
function noises(dimensions) {
  const uniform = mulberry32(1)
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) // Box and Muller 1958
  return Array.from({ length: DRAWS }, () => Float32Array.from({ length: dimensions }, normal))
}

// Tommy Ettinger's generator of 32 bits: from a seed to a function that gives numbers from 0 to below 1.
function mulberry32(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
