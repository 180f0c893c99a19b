// Encoder and decoder of a run, computed in the browser from one file each (`vaelab/networks/portable.py`), so
// that pictures follow the cursor without a request to the server.

import { OPERATIONS, sigmoid, size } from "./operations.js"

const OUTPUTS = {
  sigmoid: (values) => values.map(sigmoid),
  clamp: (values) => values.map((value) => Math.min(1, Math.max(0, value))),
  code: (values) => ({ mean: values, logvar: null }),
  relu: (values) => ({ mean: values.map((value) => Math.max(0, value)), logvar: null }),
  posterior: (values) => ({ mean: values.slice(0, values.length / 2), logvar: values.slice(values.length / 2) }),
}

// Makes a function from the result of `readSafetensors`. A decoder maps a code to pixels from 0 to 1, an encoder
// maps such pixels to { mean, logvar }. Pixels and codes are Float32Arrays. `seen` is called with what each layer
// outputs, { data, shape }, under the layer's name in the model, such as `decoder.1`.
export function makeNetwork({ tensors, metadata }) {
  const { layers, output, shape } = JSON.parse(metadata.network)
  const steps = layers.map(({ operation, weight, bias, ...attributes }) =>
    OPERATIONS[operation]({ ...attributes, weight: tensors[weight], bias: tensors[bias] }),
  )
  const [network] = Object.keys(tensors)[0].split(".")
  const run = (input, seen) => {
    // The input of an encoder is an image of that shape, the input of a decoder a row of numbers.
    let state = { data: input, shape: input.length === size(shape) ? shape : [input.length] }
    steps.forEach((step, index) => {
      state = step(state)
      seen?.(`${network}.${index}`, state)
    })
    return OUTPUTS[output](state.data)
  }
  return Object.assign(run, { shape })
}
