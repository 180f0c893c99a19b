// The operations of a network (`vaelab/networks/operations.py`). Each makes, from its attributes and tensors, a
// function from { data, shape } to { data, shape }: the numbers of one image or code, channels first.

export const size = (shape) => shape.reduce((product, length) => product * length, 1)

// Weights are (outputs, inputs).
function linear({ weight, bias }) {
  const [outputs, inputs] = weight.shape
  const weights = weight.data
  return ({ data }) => {
    const result = new Float32Array(outputs)
    for (let output = 0, index = 0; output < outputs; output++, index += inputs) {
      // Four separate sums, which a processor can add at the same time.
      let [a, b, c, d] = [bias.data[output], 0, 0, 0]
      let input = 0
      for (; input + 3 < inputs; input += 4) {
        a += weights[index + input] * data[input]
        b += weights[index + input + 1] * data[input + 1]
        c += weights[index + input + 2] * data[input + 2]
        d += weights[index + input + 3] * data[input + 3]
      }
      for (; input < inputs; input++) a += weights[index + input] * data[input]
      result[output] = a + b + c + d
    }
    return { data: result, shape: [outputs] }
  }
}

// For kernel 3 and padding 1, tap 0, 1 or 2 joins pixel `small` of the smaller map and pixel
// `small * stride + tap - 1` of the larger one. Returns the first and the last `small` for
// which that pixel exists.
function reach(tap, stride, smallSize, largeSize) {
  return [tap === 0 ? 1 : 0, Math.min(smallSize - 1, Math.floor((largeSize - tap) / stride))]
}

// Calls `row(weight, smallChannel, largeChannel, small index, large index, count)` for every stretch of
// pixels that one weight joins; both convolutions are sums over these.
function forEachStretch(weight, [smallChannels, smallHeight, smallWidth], [largeChannels, height, width], stride, row) {
  for (let small = 0, index = 0; small < smallChannels; small++) {
    for (let large = 0; large < largeChannels; large++) {
      for (let down = 0; down < 3; down++) {
        const [top, bottom] = reach(down, stride, smallHeight, height)
        for (let across = 0; across < 3; across++, index++) {
          const [left, right] = reach(across, stride, smallWidth, width)
          for (let y = top; y <= bottom; y++) {
            const from = (small * smallHeight + y) * smallWidth + left
            const to = (large * height + y * stride + down - 1) * width + left * stride + across - 1
            row(weight[index], from, to, right - left + 1)
          }
        }
      }
    }
  }
}

// Weights are (outputs, inputs, 3, 3); the smaller map is the output.
function conv({ weight, bias, stride }) {
  return ({ data, shape }) => {
    const outputs = weight.shape[0]
    const after = [outputs, Math.ceil(shape[1] / stride), Math.ceil(shape[2] / stride)]
    const result = filled(bias.data, after)
    forEachStretch(weight.data, after, shape, stride, (factor, from, to, count) => {
      for (let step = 0; step < count; step++) result[from + step] += factor * data[to + step * stride]
    })
    return { data: result, shape: after }
  }
}

// Weights are (inputs, outputs, 3, 3); the larger map is the output.
function convTranspose({ weight, bias, stride, output_padding: [below, beside] }) {
  return ({ data, shape }) => {
    const grown = (length, more) => (length - 1) * stride + 1 + more
    const after = [weight.shape[1], grown(shape[1], below), grown(shape[2], beside)]
    const result = filled(bias.data, after)
    forEachStretch(weight.data, shape, after, stride, (factor, from, to, count) => {
      for (let step = 0; step < count; step++) result[to + step * stride] += factor * data[from + step]
    })
    return { data: result, shape: after }
  }
}

function filled(values, shape) {
  const result = new Float32Array(size(shape))
  const each = shape[1] * shape[2]
  values.forEach((value, channel) => result.fill(value, channel * each, (channel + 1) * each))
  return result
}

const elementwise = (change) => () => ({ data, shape }) => ({ data: data.map(change), shape })

export const sigmoid = (value) => 1 / (1 + Math.exp(-value))

// The error function, by Abramowitz and Stegun 1964, 7.1.26, with an error of at most 1.5e-7.
function erf(value) {
  const t = 1 / (1 + 0.3275911 * Math.abs(value))
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return Math.sign(value) * (1 - series * Math.exp(-value * value))
}

export const OPERATIONS = {
  flatten: () => ({ data }) => ({ data, shape: [data.length] }),
  reshape: ({ shape }) => ({ data }) => ({ data, shape }),
  linear,
  conv,
  conv_transpose: convTranspose,
  relu: elementwise((value) => (value > 0 ? value : 0)),
  leaky_relu: elementwise((value) => (value > 0 ? value : 0.01 * value)),
  gelu: elementwise((value) => 0.5 * value * (1 + erf(value * Math.SQRT1_2))),
  tanh: elementwise(Math.tanh),
  sigmoid: elementwise(sigmoid),
}
