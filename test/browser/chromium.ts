import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, LaunchOptions, Page } from 'playwright-core'
import type { Test } from 'tap'
import { rootOf } from '../support/world.ts'
import type { WebKit } from './webkit.ts'

const whole = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find(path => existsSync(path))

/** Prefer the headless shell: the same engine without the windows around its pages, which cost as much as the pages. */
const executablePath = ['/usr/bin/chromium-headless-shell'].find(path => existsSync(path)) ?? whole

/** Options for tests that need a browser: skipped with a line where there is none, except where CI is set. */
export const withBrowser = optionsFor(executablePath)

/** For tests of what only full Chromium does: the shell has no back/forward cache. */
export const withWholeBrowser = optionsFor(whole)

function optionsFor (path: string | undefined) {
  return path === undefined && process.env.CI === undefined
    ? { skip: 'Chromium is not installed (Debian: apt-get install chromium).' }
    : {}
}

/** A phone without scripts: the least that a parent may have. */
export const plainPhone: BrowserContextOptions = { javaScriptEnabled: false, viewport: { width: 320, height: 640 } }

let browser: Promise<Browser> | undefined

/**
 * Full Chromium as people have it, behind a proxy whose certificates are not checked. Playwright would disable the
 * back/forward cache; and Chromium itself would, if the certificate was accepted by the context instead of the switch.
 */
export async function launchWhole (proxy: string): Promise<Browser> {
  return await launch(whole, {
    proxy: { server: proxy }, ignoreDefaultArgs: ['--disable-back-forward-cache']
  }, ['--ignore-certificate-errors'])
}

/** Someone with a browser that has a back/forward cache; with the functions of `WebKit`. */
export async function visitWhole (
  t: Test, browser: Browser, { hasScripts, publicUrl }: { hasScripts: boolean, publicUrl: string }
): Promise<WebKit> {
  const context = await browser.newContext({ javaScriptEnabled: hasScripts })
  t.teardown(async () => { await context.close() })
  const page = await context.newPage()
  const devTools = await context.newCDPSession(page)
  return {
    open: async url => { await page.goto(url) },
    evaluate: async <T>(expression: string) => {
      const { result } = await devTools.send('Runtime.evaluate', { expression, returnByValue: true })
      return result.value as T
    },
    // Through DevTools as well: Playwright sometimes finds nothing on a page that it takes for another.
    fill: async (selector, text) => {
      await devTools.send('Runtime.evaluate', { expression: `document.querySelector('${selector}').focus()` })
      await devTools.send('Input.insertText', { text })
    },
    click: async selector => {
      const { result } = await devTools.send('Runtime.evaluate', { expression: middleOf(selector), returnByValue: true })
      for (const type of ['mousePressed', 'mouseReleased'] as const) {
        await devTools.send('Input.dispatchMouseEvent', { type, ...result.value as Place, button: 'left', clickCount: 1 })
      }
    },
    pressKey: async () => { await page.keyboard.press('Shift') },
    // Playwright's own waits for a load event, but a page from the back/forward cache is not loaded.
    back: async () => {
      const { currentIndex, entries } = await devTools.send('Page.getNavigationHistory')
      await devTools.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1]?.id ?? -1 })
    },
    addCookie: async (name, value) => {
      await context.addCookies([{ name, value, url: publicUrl, secure: true, httpOnly: true }])
    },
    cookies: async () => (await context.cookies(publicUrl)).map(({ name }) => name)
  }
}

interface Place { x: number, y: number }

/** Scrolls an element into view, and returns the middle of its first line. */
function middleOf (selector: string): string {
  return `(() => {
    const element = document.querySelector('${selector}')
    element.scrollIntoView({ block: 'center', behavior: 'instant' })
    const { x, y, width, height } = element.getClientRects()[0]
    return { x: x + width / 2, y: y + height / 2 }
  })()`
}

async function launch (
  executablePath: string | undefined, options: LaunchOptions = {}, switches: string[] = []
): Promise<Browser> {
  if (executablePath === undefined) throw new Error('Chromium is not installed, and CI tests in it.')
  return await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      // No page is open for long enough to gain from what its optimising compilers do: a third of what axe takes.
      '--js-flags=--no-opt --no-maglev',
      ...switches
    ],
    ...options
  })
}

/** A page in a browser profile of its own; the browser closes after all tests of this process. */
export async function openPage (t: Test, options: BrowserContextOptions = {}): Promise<Page> {
  browser ??= launchShared(t)
  const context = await (await browser).newContext(options)
  t.teardown(async () => { await context.close() })
  return await context.newPage()
}

async function launchShared (t: Test): Promise<Browser> {
  const launched = await launch(executablePath)
  rootOf(t).teardown(async () => { await launched.close() })
  return launched
}

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const pagesWithAxe = new WeakSet<Page>()

/**
 * What axe-core checks: WCAG 2.2 AA, and its best practices. Named here, because by default it leaves out the one rule
 * of WCAG 2.2, the size of targets.
 */
export const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Violation { id: string, nodes: Array<{ target: string[] }> }

/**
 * Violations that axe-core finds of WCAG 2.2 AA and its best practices: rule and place, one a line. Throws where the
 * address names nothing, unless that is meant (`isMissing`): our page that says so has no violations either. With
 * `rules`, it looks for these alone. It does not fetch and parse the style sheets again, which would be a sixth of its
 * time and more: only a rule that is experimental, and not among these, reads them.
 */
export async function axe (
  page: Page, { isMissing = false, rules }: { isMissing?: boolean, rules?: string[] | undefined } = {}
): Promise<string[]> {
  const status = await page.evaluate("performance.getEntriesByType('navigation')[0]?.responseStatus")
  if (status === 404 && !isMissing) throw new Error(`There is no page to check at ${page.url()}.`)
  await loadAxe(page)
  const options = { resultTypes: ['violations'], runOnly: rules ?? axeTags, preload: { assets: ['media'] } }
  const violations = await page.evaluate(runUnstuck(options)) as Violation[]
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/**
 * Runs axe with what sticks to an edge of the window back in its place: at any position it lies on a part of something,
 * which axe takes for the size that a finger has. People scroll.
 */
function runUnstuck (options: object): string {
  return `(async () => {
    const stuck = [...document.querySelectorAll('body *')].filter(one => getComputedStyle(one).position === 'sticky')
    for (const { style } of stuck) style.position = 'static'
    try {
      return (await axe.run(document, ${JSON.stringify(options)})).violations
    } finally {
      for (const { style } of stuck) style.position = ''
    }
  })()`
}

/** Sends axe, which is large, once: the browser itself loads it with every page that it opens later. */
async function loadAxe (page: Page): Promise<void> {
  if (!pagesWithAxe.has(page)) await page.addInitScript(axeSource)
  pagesWithAxe.add(page)
  if (await page.evaluate('typeof axe') === 'undefined') await page.evaluate(axeSource)
}

/** True where something is wider than the screen, so that people must scroll sideways to read. */
export async function scrollsSideways (page: Page): Promise<boolean> {
  const { width = 0 } = page.viewportSize() ?? {}
  const widest = await page.evaluate('document.documentElement.scrollWidth') as number
  return widest > width
}
