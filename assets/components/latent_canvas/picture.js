// Draws the plane of a canvas (main.js): the base, which changes with data and view, the overlay, which follows
// the cursor, and the panel beside the plane.

import { clipToFrame, drawDensity, drawFrame, drawPrior, drawShares } from "./base.js"
import { Density } from "./density.js"
import { Dots } from "./dots.js"
import { runWithCells } from "../lib/cells.js"
import { KINDS } from "../lib/kinds/index.js"
import { drawNames } from "./labels.js"
import { exampleOf } from "./loading.js"
import { drawBeside, drawCross, drawRegion, drawRing } from "./overlay.js"
import { drawPosterior } from "./posterior.js"

const POINT = matchMedia("(pointer: coarse)").matches ? "Tap the plane" : "Move over the plane"
const ON_IMAGES = [88, 189, 185] // red, green and blue of what is seen over black images in both themes

export function drawBase(canvas, context) {
  const { data, view, theme, space } = canvas
  const { layers } = data
  canvas.screen = view.toScreenAll(canvas.shown)
  const isLine = space.dimensions === 1
  const rows = isLine && !data.grid ? data.classes.map(({ name }, value) => ({ value, text: name })) : null
  const inFrame = (draw) => {
    context.save()
    clipToFrame(context, view)
    draw()
    context.restore()
  }
  inFrame(() => {
    if (layers.manifold && canvas.decoder) drawManifold(canvas, context)
    if (layers.density && !isLine && !data.grid) {
      drawDensity(context, view, densityOf(canvas), densityOf(canvas).picture(layers.manifold ? ON_IMAGES : channels(theme.primary)))
    }
  })
  drawFrame(context, view, { theme, labels: data.plane.labels, rows, lines: !layers.manifold })
  inFrame(() => {
    if (layers.points) drawPoints(canvas, context)
    if (layers.prior) drawPrior(context, view, { circles: data.circles, isLine, theme })
    canvas.words = hasNames(canvas) ? drawClassNames(canvas, context) : []
    if (layers.prior) drawShares(context, view, { circles: data.circles, isLine, theme, taken: canvas.words })
  })
}

function drawManifold(canvas, context) {
  const { data, space } = canvas
  const anchor = space.code(Math.min(data.anchor, space.count - 1))
  const decode = (point) => decodedImage(canvas, space.lift(point, anchor))
  if (canvas.manifold.draw(context, canvas.view, data.grid, decode)) canvas.redraw()
}

// The decoder's output for a code as a picture, in the way of the kind of data.
const decodedImage = ({ data, decoder }, z) => KINDS[data.kind].imageData(decoder(z), decoder.shape)

// The example of a code as a picture; null beside a code, or before the examples are there.
const originalOf = ({ data, images }, index) => (index >= 0 && images ? exampleOf(images, index, KINDS[data.kind]) : null)

function drawPoints(canvas, context) {
  const { data, view, theme, space, hidden } = canvas
  const { classes, layers } = data
  const { letters, font } = theme
  const look = { classes, markers: layers.markers, count: space.count, ratio: canvas.ratio, letters, font }
  const wanted = JSON.stringify(look)
  if (wanted !== canvas.look) [canvas.look, canvas.dots] = [wanted, new Dots(look)]
  canvas.dots.draw(context, view, { screen: canvas.screen, labels: space.labels, hidden })
}

function hasNames({ data: { layers }, space }) {
  return layers.points && space.dimensions > 1 && !layers.manifold && !layers.markers
}

function drawClassNames({ data: { classes }, view, theme, space, hidden }, context) {
  const middles = classes.map((_, label) => space.middle(label))
  return drawNames(context, view, { classes, middles, hidden, theme })
}

function densityOf(canvas) {
  canvas.density ??= new Density(canvas.space.points)
  return canvas.density
}

export function drawOverlay(canvas, context) {
  const { data, view, theme, space, gestures, drawn } = canvas
  const isLine = space.dimensions === 1
  const corners = ["top-left", "bottom-left", "bottom-right", "top-right"]
  canvas.insets = []
  context.save()
  clipToFrame(context, view)
  const region = gestures.lasso.length ? gestures.lasso : data.region
  if (region) drawRegion(context, view, region, theme, gestures.lassoing)
  if (canvas.chosenPoint) drawRing(context, view, canvas.chosenPoint, theme)
  if (data.chosen !== null && data.chosen < space.count) drawCode(canvas, context, data.chosen, corners, "chosen")
  if (drawn) {
    if (!isLine) drawRing(context, view, drawn.point, theme, theme.posterior)
    if (isLine || drawn.covariance) drawMagnified(canvas, context, { ...drawn, corners, name: "drawing" })
  }
  const shown = canvas.stage.look()
  if (shown) drawInput(canvas, context, shown)
  if (gestures.cursor) drawCursor(canvas, context, corners, shown)
  else rest(canvas, shown)
  if (data.network) canvas.stage.draw(shown)
  context.restore()
}

// The code of the image that goes into the network round the plane, and its posterior.
function drawInput(canvas, context, { index, mean, logvar }) {
  const { view, theme, space, shown } = canvas
  const point = index < space.count ? [shown[2 * index], shown[2 * index + 1]] : space.project(mean)
  drawRing(context, view, point, theme, theme.posterior)
  if (logvar) drawMagnified(canvas, context, { point, covariance: space.covariance(logvar), inset: false }) // which would cover codes for good
}

function drawCode(canvas, context, index, corners, name) {
  const { data, view, theme, space, shown } = canvas
  const point = [shown[2 * index], shown[2 * index + 1]]
  const logvar = space.logvarOf(index)
  drawRing(context, view, point, theme)
  if (!logvar) return
  const inset = !data.shared // it would hide a third of a small plane
  drawMagnified(canvas, context, { point, covariance: space.covariance(logvar), corners, name, inset })
}

// Draws a posterior; what is magnified lies neither on words of the plane nor at the cursor.
function drawMagnified({ view, theme, space, gestures, words, insets }, context, posterior) {
  const isLine = space.dimensions === 1
  drawPosterior(context, view, { ...posterior, isLine, theme, insets, words, cursor: gestures.cursor?.point })
}

function drawCursor(canvas, context, corners, shown) {
  const { view, theme, panel, gestures } = canvas
  const { point, snapped } = gestures.cursor
  // The inset of the hovered code starts from the right, because that of the chosen code is at the left.
  if (snapped >= 0) drawCode(canvas, context, snapped, corners.toReversed(), "hovered")
  else drawCross(context, view, point, theme)
  if (!canvas.decoder) return
  const found = lookAt(canvas, point, snapped)
  const original = originalOf(canvas, snapped) ?? shown?.image
  const inside = snapped < 0 ? null : { recon: shown?.recon, isUnknown: Boolean(canvas.data.network && !shown) }
  const sentences = panel.show({ ...found, ...inside }, original)
  drawBeside(context, view, point, panel.decoded, theme, canvas)
  if (gestures.cursor.bySteps) panel.say(gestures.lassoing ? [gestures.advice] : sentences)
  gestures.cursor.bySteps = false
}

// Without a cursor the panel says what to do, and shows the decoded mean code of each class. The image that the
// page is about is shown elsewhere on the page.
function rest(canvas, shown) {
  const { data, panel, decoder, decoderUrl, middles, outer } = canvas
  if (data.shared && decoder) return restShared(canvas)
  if (shown || (isOnStage(data) && decoderUrl === data.decoder)) return restOnStage(canvas, shown)
  const isWanted = decoderUrl === data.decoder && !data.compact
  if (isWanted && middles.decodeMore((code) => decodedImage(canvas, code))) canvas.redraw({ overlayOnly: true })
  panel.rest(`${POINT}: every point of it is decoded here.`, isWanted ? middles.pictures : [], data.classes)
  if (decoder) outer.dataset.decodes ??= 0 // from now on every point can be decoded
}

// If the page has several planes, all of them show the choice made on one of them.
function restShared(canvas) {
  const { data, space, panel, chosenPoint } = canvas
  const index = chosenPoint ? -1 : Math.min(data.chosen ?? data.anchor, space.count - 1)
  panel.show(lookAt(canvas, chosenPoint ?? space.point(index), index), originalOf(canvas, index))
}

const isOnStage = (data) => data.compact && data.live

// Beside a run that rests, one example goes in and comes out.
function restOnStage(canvas, shown) {
  const { data, space, panel, outer, stage } = canvas
  const index = Math.min(data.network ? stage.input.index : data.anchor, space.count - 1)
  if (shown) panel.showPictures(shown.output, shown.image, "Reconstruction", shown.recon)
  else panel.show(lookAt(canvas, space.point(index), index), originalOf(canvas, index))
  panel.advise(`${POINT}: every point of it is decoded.`)
  for (const name of ["cursor", "snapped", "anchor"]) delete outer.dataset[name]
}

// A description of a point: its image, the nearest code, the density of codes.
function lookAt(canvas, point, snapped) {
  const { data, space, gestures, outer } = canvas
  // Planes that share a cursor also share the anchor, which is in the page's link.
  const hovered = data.shared ? null : gestures.hoveredAnchor
  const anchor = Math.min(hovered ?? data.anchor, space.count - 1)
  const z = snapped >= 0 ? space.code(snapped) : space.lift(point, space.code(anchor))
  const density = densityOf(canvas)
  const logvar = snapped >= 0 && space.logvarOf(snapped)
  Object.assign(outer.dataset, { cursor: point.join(","), snapped, anchor })
  return {
    image: decoded(canvas, z),
    labels: data.plane.labels,
    point,
    snapped,
    nearest: snapped >= 0 ? { index: snapped, distance: 0 } : space.nearest(z),
    deviations: logvar ? deviationsOf(space.covariance(logvar)) : null,
    rank: space.dimensions > 1 ? density.rank(density.at(point)) : null, // rows of classes have no density
    hole: space.dimensions > 1 && snapped < 0 && density.isHole(point),
    anchor,
    others: space.dimensions - 2,
    describeImage: (index) => `${data.classes[space.labels[index]].name} · test image ${index}`,
  }
}

// The standard deviations of a posterior along both axes of the plane.
const deviationsOf = ([xx, , yy]) => [Math.sqrt(xx), Math.sqrt(yy)]

// The image of a code, decoded again only for another code or other weights.
function decoded(canvas, z) {
  const key = `${z} ${canvas.decoderUrl}`
  if (key !== canvas.decodedKey) {
    canvas.decodedKey = key
    const { result, cells } = runWithCells(canvas.decoder, z, canvas.data.network?.layers.decoder ?? [])
    canvas.decoded = { z, cells, image: KINDS[canvas.data.kind].imageData(result, canvas.decoder.shape) }
    canvas.outer.dataset.decodes = Number(canvas.outer.dataset.decodes ?? 0) + 1
  }
  return canvas.decoded.image
}

// Colours and letters of the page for a canvas, which does not inherit styles.
export function themeOf(outer, { colors }) {
  const style = getComputedStyle(outer)
  const value = (name) => style.getPropertyValue(`--st-${name}`).trim()
  return {
    text: value("text-color"),
    background: value("background-color"),
    lines: value("border-color"),
    primary: value("primary-color"),
    font: value("font") || "sans-serif",
    letters: parseFloat(style.getPropertyValue("--vaelab-letters")) || 12, // pixels; larger for projection
    ...colors,
  }
}

// Red, green and blue of a colour #rrggbb.
const channels = (color) => [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16))
