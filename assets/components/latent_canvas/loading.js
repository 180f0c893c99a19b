// Files of runs and data sets, each fetched once while it is in use: going back and forth between the epochs of
// a run asks the server only for files that were not fetched before.

import { makeNetwork } from "../lib/network.js"
import { fetchSafetensors } from "../lib/safetensors.js"

const MOST = 24 // files kept

const kept = new Map()

function load(url, make) {
  if (!kept.has(url)) {
    const loading = fetchSafetensors(url).then(make)
    loading.catch(() => kept.delete(url)) // a failed request may be repeated
    kept.set(url, loading)
    if (kept.size > MOST) kept.delete(kept.keys().next().value)
  }
  return kept.get(url)
}

export const loadCodes = (url) => load(url, ({ tensors }) => tensors)
export const loadNetwork = (url) => load(url, makeNetwork)
export const loadForward = (url) => load(url, ({ tensors }) => tensors)
export const loadImages = (url) => load(url, ({ tensors }) => tensors.images)

// One of the examples as numbers from 0 to 1.
export function numbersOf({ data, shape: [, ...own] }, index, kind) {
  const length = own.reduce((product, size) => product * size, 1)
  return Float32Array.from(data.subarray(index * length, (index + 1) * length), (value) => value / kind.SCALE)
}

// The same as a picture.
export const exampleOf = (examples, index, kind) => kind.imageData(numbersOf(examples, index, kind), examples.shape.slice(1))
