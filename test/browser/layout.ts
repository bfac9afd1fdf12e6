import type { Page } from 'playwright-core'

/**
 * What people change about a page to read it: zoom to 200 % and 400 % of a screen 1280 wide (WCAG 1.4.10), letters of
 * twice the size alone (1.4.4), more room between lines, words and letters (1.4.12).
 */
export const readings = {
  'at 400 %': { width: 320, css: '' },
  'at 200 %': { width: 640, css: '' },
  'with letters twice as large': { width: 640, css: 'html { font-size: 200% !important }' },
  'with more room between letters': {
    width: 320,
    css: '* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } ' +
      'p { margin-bottom: 2em !important }'
  }
}

/** Faults of the page that is open, in each of the readings. */
export async function faultsOfLayout (page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const [how, { width, css }] of Object.entries(readings)) {
    await page.setViewportSize({ width, height: 640 })
    await readWith(page, css)
    faults.push(...(await page.evaluate(look) as string[]).map(fault => `${how}: ${fault}`))
  }
  await readWith(page, '')
  return faults
}

/** Adds a reader's own style sheet, which no policy of the page forbids. */
async function readWith (page: Page, css: string): Promise<void> {
  await page.evaluate(`{
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(${JSON.stringify(css)})
    document.adoptedStyleSheets = [sheet]
  }`)
}

/**
 * Text that runs out of the screen, is cut off or lies on other text. Left out is what only screen readers see, and
 * what scrolls by itself. A bar that stays at an edge covers what is scrolled beneath it, and may if nothing of that
 * shows through.
 */
const look = `(() => {
  const faults = []
  const wide = document.documentElement.scrollWidth
  if (wide > innerWidth) faults.push('scrolls sideways: ' + wide)

  const isUnseen = element => element.closest('.govuk-visually-hidden, .pk-unseen, .govuk-skip-link, .govuk-exit-this-page, [hidden]') ||
    !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const framed = element => {
    for (let of = element.parentElement; of !== null && of !== document.body; of = of.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(of)
      if (overflowX !== 'visible' || overflowY !== 'visible') return { of, scrolls: /auto|scroll/.test(overflowX + overflowY) }
    }
  }
  const barOf = element => {
    for (let of = element; of !== null && of !== document.body; of = of.parentElement) {
      const { position, backgroundColor } = getComputedStyle(of)
      if (position === 'sticky') return backgroundColor.startsWith('rgb(') ? of : undefined
    }
  }
  const lines = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const { currentNode: node } = texts
    const { parentElement: element } = node
    if (node.data.trim() === '' || isUnseen(element) || ['SCRIPT', 'STYLE', 'OPTION', 'TEXTAREA'].includes(element.tagName)) continue
    const frame = framed(element)
    if (frame?.scrolls) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const words = node.data.trim().slice(0, 30)
    const bar = barOf(element)
    for (const { left, right, top, bottom } of range.getClientRects()) {
      // The letters are smaller than their line.
      const room = (bottom - top) / 4
      if (right - left > 1) lines.push({ node, words, bar, left: left + 1, right: right - 1, top: top + room, bottom: bottom - room })
      if (right > innerWidth + 1 || left < -1) faults.push('off the screen: ' + words)
      const box = frame?.of.getBoundingClientRect()
      if (box && (right > box.right + 1 || bottom > box.bottom + 4)) faults.push('cut off: ' + words)
    }
  }
  lines.sort((one, other) => one.top - other.top)
  for (const [n, one] of lines.entries()) {
    for (let m = n + 1; m < lines.length && lines[m].top < one.bottom; m++) {
      const other = lines[m]
      if (one.node !== other.node && one.bar === other.bar && one.left < other.right && other.left < one.right) faults.push(one.words + ' lies on ' + other.words)
    }
  }
  return [...new Set(faults)]
})()`
