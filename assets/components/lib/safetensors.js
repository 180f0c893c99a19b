// Reads a safetensors file: a header in JSON, then the numbers of all tensors, one after the other.

const TYPES = { F32: Float32Array, U8: Uint8Array, F16: Uint16Array }

// Returns the tensors by name, each as { shape, data }, and the file's metadata. Half precision becomes single.
export function readSafetensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)))
  const { __metadata__: metadata = {}, ...entries } = header
  const tensors = {}
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
    if (!TYPES[dtype]) throw new Error(`${name} has the type ${dtype}, not one of ${Object.keys(TYPES)}`)
    // The slice starts at offset 0, at which typed arrays of every element size may start.
    const bytes = buffer.slice(8 + length + data_offsets[0], 8 + length + data_offsets[1])
    const data = new TYPES[dtype](bytes)
    tensors[name] = { shape, data: dtype === "F16" ? Float32Array.from(data, single) : data }
  }
  return { tensors, metadata }
}

export async function fetchSafetensors(url, options) {
  const answer = await fetch(new URL(url, location.origin), options)
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`)
  return readSafetensors(await answer.arrayBuffer())
}

// The number whose half-precision bits are given: 1 bit sign, 5 exponent, 10 fraction.
function single(bits) {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
