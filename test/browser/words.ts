import type { Page } from 'playwright-core'

/** A sheet of A4 without its margins of 10 mm, at 96 pixels an inch. */
const a4 = { width: 718, height: 1047 }

/** In which widths tables are looked at: a small phone, a phone, a laptop. */
const screens = [{ width: 320, height: 640 }, { width: 390, height: 844 }, { width: 1280, height: 900 }]

/**
 * What is wrong with the tables of the page that is open, on each screen and on paper: words that are broken in the
 * middle, and tables that run out of what they stand in where nobody can scroll.
 */
export async function faultsOfTables (page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const screen of screens) {
    await page.setViewportSize(screen)
    faults.push(...(await look(page)).map(fault => `${screen.width}: ${fault}`))
  }
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize(await isLandscape(page) ? { width: a4.height, height: a4.width } : a4)
  faults.push(...(await look(page)).map(fault => `printed: ${fault}`))
  await page.emulateMedia({ media: null })
  return faults
}

async function look (page: Page): Promise<string[]> {
  return await page.evaluate(lookAtTables)
}

/** Runs in the page. An address may break, and what comes after a hyphen or a slash may stand in the next line. */
const lookAtTables = `(() => {
  const faults = []
  for (const table of document.querySelectorAll('table, dl.pk-report__headline')) {
    if (!table.checkVisibility()) continue
    const texts = document.createTreeWalker(table, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const parent = node.parentElement
      if (parent === null || !parent.checkVisibility() || parent.closest('.govuk-visually-hidden') !== null) continue
      const text = node.textContent
      for (const { 0: word, index } of text.matchAll(/[\\p{L}\\p{N}’,.]{2,30}/gu)) {
        const around = \`\${/\\S*$/.exec(text.slice(0, index))?.[0] ?? ''}\${/^\\S*/.exec(text.slice(index))?.[0] ?? ''}\`
        if (/[@_]|:\\/\\//.test(around)) continue
        const range = document.createRange()
        range.setStart(node, index)
        range.setEnd(node, index + word.length)
        const seen = [...range.getClientRects()].filter(({ width }) => width > 0)
        const lines = new Set(seen.map(({ top }) => Math.round(top)))
        if (lines.size > 1) faults.push(\`“\${word}” is broken\`)
      }
    }
    const frame = table.parentElement
    if (frame === null) continue
    const mayScroll = ['auto', 'scroll'].includes(getComputedStyle(frame).overflowX) && !matchMedia('print').matches
    const over = table.getBoundingClientRect().right - frame.getBoundingClientRect().right
    if (!mayScroll && over > 1) faults.push(\`a table runs \${Math.round(over)} px out of “\${frame.className}”\`)
  }
  return [...new Set(faults)]
})()`

/** Whether a page asks for its sheets to lie on their side. */
async function isLandscape (page: Page): Promise<boolean> {
  const named = await page.evaluate('getComputedStyle(document.body).getPropertyValue("page")') as string
  return ['attendees', 'board', 'timetable'].includes(named)
}
