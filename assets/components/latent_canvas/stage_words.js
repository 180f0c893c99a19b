// The network round the plane in words: sizes of its layers, and what is drawn of them.

const sizeOf = (shape) => shape.join("×")

// The sizes of one side's layers, from left to right, as HTML.
export function sizesOf(side, { numbers, latent, layers }) {
  const hidden = layers[side].map(({ shape }) => sizeOf(shape))
  const sizes = side === "encoder" ? [numbers, ...hidden, `<b>${latent}</b>`] : [`<b>${latent}</b>`, ...hidden, numbers]
  return `<b>${side === "encoder" ? "Encoder" : "Decoder"}</b> ${sizes.join(" → ")}`
}

// For screen readers, and under a mouse that rests there.
export function describeSide(side, { numbers, element, latent, layers }, code, isKnown) {
  const group = code.group === 1 ? "" : ` (each cell the mean of ${latent % code.group ? "up to " : ""}${code.group})`
  const ends = [`${numbers} ${element}s`, `a code of ${latent === 1 ? "one number" : `${latent} numbers`}${group}`]
  const [first, last] = side === "encoder" ? ends : ends.toReversed()
  const path = [first, ...layers[side].map(describeLayer), last].join(", ")
  const name = side === "encoder" ? "Encoder" : "Decoder"
  if (!isKnown) return `${name}: ${path}. At this step, activations are known only of the images in the list.`
  return `${name}: ${path}. The stronger a cell's colour, the larger its activation beside the others of its layer; the second colour is below 0.`
}

function describeLayer({ shape, group, cells }) {
  if (shape.length === 1) {
    const mean = group === 1 ? "a cell each" : `each cell the mean of ${shape[0] % group ? "up to " : ""}${group}`
    return `${shape[0]} units (${mean})`
  }
  const [maps, height, width] = shape
  const drawn = cells[0] < maps ? `the first ${cells[0]} are drawn` : "all are drawn"
  return `${maps} maps of ${height} by ${width} (${drawn}${group === 1 ? "" : `, each cell the mean of ${group} by ${group}`})`
}
