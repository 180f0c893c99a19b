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

CUT_OFF = """(part) => {
    const { top, bottom } = part.getBoundingClientRect()
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
    const found = []
    while (walker.nextNode()) {
        const words = document.createRange()
        words.selectNodeContents(walker.currentNode)
        const place = words.getBoundingClientRect()
        const { width, height } = walker.currentNode.parentElement.getBoundingClientRect()
        // What is for screen readers alone is a pixel large.
        if (width < 2 || height < 2 || place.height === 0) continue
        if (place.top < top - 1 || place.bottom > bottom + 1) found.push(walker.currentNode.nodeValue)
    }
    return found
}"""
"""A function of an element: the texts in it that stand above or below it."""
