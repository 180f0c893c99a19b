// On a narrow screen the open sidebar covers the page: when its visitor has chosen another page, close it.

const NARROW = 768 // pixels, below which Streamlit lays the sidebar over the page

let current = null

export function render({ data: { page } }) {
  const changed = current !== null && page !== current
  current = page
  if (changed && window.innerWidth <= NARROW) {
    document.querySelector('[data-testid="stSidebar"][data-collapsed="false"] [data-testid="stSidebarCollapseButton"] button')?.click()
  }
}
