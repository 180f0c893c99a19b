// Colours and letters of the page, for a canvas, which knows no styles.

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

// Red, green and blue of #rrggbb.
export const channels = (color) => [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16))
