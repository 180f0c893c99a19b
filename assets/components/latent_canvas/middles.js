// What the decoder makes of the mean code of each class: a guide to the classes in pictures.

import { imageData } from "../network/network.js"

const BUDGET = 8 // milliseconds of a frame

export class Middles {
  constructor() {
    this.pictures = [] // by label; null for a class without codes
  }

  // The mean codes in all dimensions, to be decoded anew.
  begin(space, classes) {
    this.codes = classes.map((_, label) => space.meanCode(label))
    this.pictures = []
  }

  // Decodes some of those that are missing; says whether any are still missing.
  decodeMore(decoder) {
    const begun = performance.now()
    while (this.pictures.length < this.codes.length && performance.now() - begun < BUDGET) {
      const code = this.codes[this.pictures.length]
      this.pictures.push(code && imageData(decoder(code), decoder.shape))
    }
    return this.pictures.length < this.codes.length
  }
}
