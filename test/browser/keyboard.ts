import type { Page } from 'playwright-core'

/** Where the focus is, in the words of the page, and what is wrong about that stop or the one before. */
interface Stop {
  name: string
  /** Its place among the elements of the page; negative where nothing of it has the focus. */
  at: number
  faults: string[]
}

/** How what has the focus looks; a radio is drawn before its label. The page remembers it until the next stop. */
const look = `(() => {
  const lookOf = element => {
    const { outline, boxShadow, backgroundColor, borderColor } = element.matches('.govuk-radios__input, .govuk-checkboxes__input')
      ? getComputedStyle(element.labels[0], '::before') : getComputedStyle(element)
    return [outline, boxShadow, backgroundColor, borderColor].join()
  }
  const nameOf = element => (element.labels?.[0]?.innerText || element.innerText || element.id || element.tagName).trim().split('\\n')[0]
  const faults = []
  const { last } = window
  if (last && last.element.isConnected && lookOf(last.element) === last.look) faults.push(nameOf(last.element) + ' looks the same without the focus')
  const { activeElement: element } = document
  window.last = undefined
  if (element === null || element === document.body) return { name: '', at: -1, faults }
  window.last = { element, look: lookOf(element) }
  const [box] = element.getClientRects()
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
  const isShown = top !== null && (element.contains(top) || top.contains(element) || [...element.labels ?? []].some(label => label.contains(top)))
  if (!isShown) faults.push(nameOf(element) + ' is hidden where it has the focus')
  return { name: nameOf(element), at: [...document.querySelectorAll('*')].indexOf(element), faults }
})()`

/** Presses Tab, and looks. */
export async function tab (page: Page): Promise<Stop> {
  await page.keyboard.press('Tab')
  return await page.evaluate(look) as Stop
}

/** Presses Tab until something of that name has the focus. Throws where nothing has, after 80 stops. */
export async function tabTo (page: Page, name: string): Promise<void> {
  for (let n = 0; n < 80; n++) if ((await tab(page)).name.startsWith(name)) return
  throw new Error(`Tab does not lead to “${name}” at ${page.url()}.`)
}

/**
 * Walks once round the page by Tab, from wherever the focus is. Returns what is wrong: stops that do not show that they
 * have the focus, or are hidden; something to press to which Tab does not lead, as behind a trap; another order than
 * that in which the page is read.
 */
export async function faultsOfKeyboard (page: Page): Promise<string[]> {
  const expected = await page.evaluate(`[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(element => element.checkVisibility() && element.tabIndex >= 0 && !element.disabled)
    .filter(element => element.type !== 'radio' || element === document.querySelector('input[name="' + element.name + '"]')).length`) as number
  const faults: string[] = []
  const reached: number[] = []
  for (let n = 0; n < 2 * expected + 20; n++) {
    const { at, faults: found } = await tab(page)
    faults.push(...found)
    if (reached.includes(at)) break
    // Between the last stop and the first is the browser's own.
    if (at >= 0) reached.push(at)
  }
  if (reached.length !== expected) faults.push(`Tab leads to ${reached.length} of ${expected}`)
  if (reached.filter((at, n) => at < (reached[n - 1] ?? 0)).length > 1) faults.push('Tab leads back and forth')
  return faults
}
