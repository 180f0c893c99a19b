// Runs encoder and decoder of a run in a separate thread, so that the pen never waits for them.

import { fetchSafetensors } from "../lib/safetensors.js"
import { makeNetwork } from "../lib/network.js"

let networks

const load = (url) => fetchSafetensors(url).then(makeNetwork)

const answers = {
  async load({ encoder, decoder }) {
    networks = Promise.all([load(encoder), load(decoder)])
    await networks
  },
  // The posterior of an image, and the image decoded from the posterior's mean.
  async reconstruct({ pixels }) {
    const [encode, decode] = await networks
    const { mean, logvar } = encode(pixels)
    return { mean, logvar, reconstruction: decode(mean) }
  },
  async decode({ z }) {
    const [, decode] = await networks
    return decode(z)
  },
}

onmessage = async ({ data: { id, name, question } }) => {
  try {
    postMessage({ id, answer: await answers[name](question) })
  } catch (error) {
    postMessage({ id, error: String(error) })
  }
}
