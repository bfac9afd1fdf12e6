import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Test } from 'tap'
import { eventually, freePort } from '../support/running-service.ts'

const programs = ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb']

/** Options for tests that need WebKit: skipped with a line where it is not installed, except where CI is set. */
export const withWebKit = !programs.every(path => existsSync(path)) && process.env.CI === undefined
  ? { skip: 'WebKit is not installed (Debian: apt-get install webkit2gtk-driver xvfb).' }
  : {}

/** The key of an element's id in a WebDriver's answers (W3C WebDriver, section 12). */
const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

/** A question to a page that is being replaced is never answered, and is asked again so often. */
const [questionMs, questions] = [5000, 12]

/** Anything else is answered in the end, also on a machine that is busy. */
const commandMs = 60_000

/** The commands of W3C WebDriver that our tests use, on one window of WebKit. */
export interface WebKit {
  open: (url: string) => Promise<void>
  /** Asks again where there is no answer, so the expression may be evaluated twice. */
  evaluate: <T>(expression: string) => Promise<T>
  /** Types this and nothing else into a field, again if not all of it arrives there: the machine may be busy. */
  fill: (selector: string, text: string) => Promise<void>
  click: (selector: string) => Promise<void>
  /** Presses and releases a key: a character, or one of the codes of section 17.4.2. */
  pressKey: (key: string) => Promise<void>
  back: () => Promise<void>
  addCookie: (name: string, value: string) => Promise<void>
  cookies: () => Promise<string[]>
}

/** WebKit's MiniBrowser, behind a proxy whose certificates are not checked; it ends with the test. */
export async function openWebKit (
  t: Test, { proxy, hasScripts }: { proxy: string, hasScripts: boolean }
): Promise<WebKit> {
  const ask = await aDriver(t)
  const { sessionId } = await ask<{ sessionId: string }>('POST', '/session', {
    capabilities: {
      alwaysMatch: {
        acceptInsecureCerts: true,
        // Callers wait for pages: the driver misses the end of a load that Back begins in another process.
        pageLoadStrategy: 'none',
        'webkitgtk:browserOptions': {
          args: ['--automation', `--proxy=${proxy}`, `--enable-javascript=${hasScripts}`]
        }
      }
    }
  })
  t.teardown(async () => { await ask('DELETE', `/session/${sessionId}`) })

  const tell = async <T>(command: string, body: object = {}, timeoutMs?: number) =>
    await ask<T>('POST', `/session/${sessionId}${command}`, body, timeoutMs)
  const find = async (selector: string) => {
    const found = await tell<Record<string, string>>('/element', { using: 'css selector', value: selector })
    return `/element/${found[elementKey]}`
  }
  const evaluate = async <T>(expression: string, left = questions): Promise<T> => {
    try {
      return await tell('/execute/sync', { script: `return ${expression}`, args: [] }, questionMs)
    } catch (error) {
      if (left === 1 || (error as Error).name !== 'TimeoutError') throw error
      return await evaluate(expression, left - 1)
    }
  }
  return {
    open: async url => { await tell('/url', { url }) },
    evaluate,
    fill: async (selector, text) => {
      const value = `document.querySelector(${JSON.stringify(selector)}).value`
      await eventually(async () => {
        await evaluate(`${value} = ''`)
        await tell(`${await find(selector)}/value`, { text })
        return await evaluate(value) === text
      })
    },
    click: async selector => { await tell(`${await find(selector)}/click`) },
    pressKey: async value => {
      const actions = ['keyDown', 'keyUp'].map(type => ({ type, value }))
      await tell('/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] })
    },
    back: async () => { await tell('/back') },
    addCookie: async (name, value) => { await tell('/cookie', { cookie: { name, value, secure: true, httpOnly: true } }) },
    cookies: async () => {
      const cookies = await ask<Array<{ name: string }>>('GET', `/session/${sessionId}/cookie`)
      return cookies.map(({ name }) => name)
    }
  }
}

/** Starts WebKitWebDriver on a virtual screen, and returns a function that sends it commands. */
async function aDriver (t: Test) {
  const screen = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  endWith(t, screen)
  const [display] = await once(screen.stdio[3] as Readable, 'data') as [Buffer]
  const port = await freePort()
  endWith(t, spawn('WebKitWebDriver', [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${String(display).trim()}` }, stdio: 'ignore'
  }))

  const ask = async <T>(method: string, path: string, body?: object, timeoutMs = commandMs): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method, body: body ? JSON.stringify(body) : null, signal: AbortSignal.timeout(timeoutMs)
    })
    const { value } = await answer.json() as { value: T & { error?: string, message?: string } | null }
    if (!answer.ok) throw new Error(`WebKit, asked for ${path}: ${value?.error}, ${value?.message}`)
    return value as T
  }
  await eventually(async () => await ask('GET', '/status').then(() => true, () => false))
  return ask
}

function endWith (t: Test, child: ChildProcess): void {
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill()
    await ended
  })
}
