// The kinds of data that the browser can show, by their names in `vaelab/data/kinds/`.

import * as image from "./image.js"

export const KINDS = { image }
