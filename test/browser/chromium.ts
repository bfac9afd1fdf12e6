import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, LaunchOptions, Page } from 'playwright-core'
import type { Test } from 'tap'

const whole = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  .find(path => existsSync(path))

/** The shell first: the same engine without the windows around its pages, which cost as much as the pages. */
const executablePath = ['/usr/bin/chromium-headless-shell'].find(path => existsSync(path)) ?? whole

/** Options for tests that need a browser: skipped with a line where there is none, except where CI is set. */
export const withBrowser = optionsFor(executablePath)

/** For tests of what only the whole of Chromium does: the shell keeps no page as it was left. */
export const withWholeBrowser = optionsFor(whole)

function optionsFor (path: string | undefined) {
  return path === undefined && process.env.CI === undefined
    ? { skip: 'Chromium is not installed (Debian: apt-get install chromium).' }
    : {}
}

/** A phone on which scripts are off: the least that a parent may come with. */
export const plainPhone: BrowserContextOptions = { javaScriptEnabled: false, viewport: { width: 320, height: 640 } }

let browser: Promise<Browser> | undefined

/**
 * The whole of Chromium as people have it, behind a proxy whose certificates are not asked for. Playwright would switch
 * off that Back shows a page as it was left; and Chromium itself would for one whose certificate was let pass by the
 * context rather than by the switch.
 */
export async function launchWhole (proxy: string): Promise<Browser> {
  return await launch(whole, {
    proxy: { server: proxy }, ignoreDefaultArgs: ['--disable-back-forward-cache']
  }, ['--ignore-certificate-errors'])
}

async function launch (
  executablePath: string | undefined, options: LaunchOptions = {}, switches: string[] = []
): Promise<Browser> {
  if (executablePath === undefined) throw new Error('Chromium is not installed, and CI tests in it.')
  return await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ...switches
    ],
    ...options
  })
}

/** A page of a browser profile of its own; the browser ends with the test file. */
export async function openPage (t: Test, options: BrowserContextOptions = {}): Promise<Page> {
  browser ??= launch(executablePath)
  const context = await (await browser).newContext(options)
  t.teardown(async () => { await context.close() })
  return await context.newPage()
}

export async function closeBrowser (): Promise<void> {
  await (await browser)?.close()
}

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds wrong by WCAG 2.2 AA and its good practice: rule and place, one line each. */
export async function axe (page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })') as {
    violations: Array<{ id: string, nodes: Array<{ target: string[] }> }>
  }
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** True where something is wider than the screen, so that people must scroll sideways to read. */
export async function scrollsSideways (page: Page): Promise<boolean> {
  const { width = 0 } = page.viewportSize() ?? {}
  const widest = await page.evaluate('document.documentElement.scrollWidth') as number
  return widest > width
}
