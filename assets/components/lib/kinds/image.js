// Images in the browser: a decoder's output, or an example of a data set, as a picture.

export const SCALE = 255 // of the numbers of an example; a decoder's are from 0 to 1

// Pixels from 0 to 1, channels first, as an ImageData that a canvas can show; one channel is grey.
export function imageData(pixels, [channels, height, width]) {
  const image = new ImageData(width, height)
  const count = width * height
  for (let index = 0; index < count; index++) {
    for (let color = 0; color < 3; color++) {
      image.data[4 * index + color] = Math.round(255 * pixels[channels === 3 ? color * count + index : index])
    }
    image.data[4 * index + 3] = 255
  }
  return image
}
