"""Letters on a page that are too small to read."""

SMALL_LETTERS = """(part, least) => {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
    const found = []
    while (walker.nextNode()) {
        const { parentElement: element, nodeValue: words } = walker.currentNode
        const { width, height } = element.getBoundingClientRect()
        // What is for screen readers alone is a pixel large; a style has no place on the page.
        if (!words.trim() || width < 2 || height < 2) continue
        if (!element.checkVisibility({ visibilityProperty: true })) continue
        const size = parseFloat(getComputedStyle(element).fontSize)
        if (size < least - 0.01) found.push(`${words.trim().slice(0, 40)}: ${size}`)
    }
    return found
}"""
"""A function of an element and a number of pixels: the texts in it that are smaller, with their sizes."""
