import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Db } from '../../src/platform/database/connect.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { secretKey, world } from './world.ts'

export interface RunningService {
  url: string
  dataDir: string
  /** Everything it wrote to standard output and standard error so far. */
  output: () => string
  /** Sends the signal and waits for the end; returns the exit code, or the signal that ended it. */
  end: (signal: NodeJS.Signals) => Promise<number | NodeJS.Signals>
}

/** The parts of our environment that a process needs: where programs are, and the cache of compiled TypeScript. */
export const forQuickStart = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }

const server = join(import.meta.dirname, '../../src/server.ts')

/**
 * The service as people run it, in a process of its own; resolves once it is ready, ends with the test. A worker alone
 * has no address to ask: it is not waited for.
 */
export async function runService (
  t: Test, environment: Record<string, string>, hasAddress = true
): Promise<RunningService> {
  const port = Number(environment.PORT ?? await freePort())
  const dataDir = environment.DATA_DIR ?? temporaryFolder(t)
  const child = spawn(process.execPath, [server], {
    env: {
      ...forQuickStart,
      SECRET_KEY: secretKey,
      RATE_LIMITS: 'off',
      SECOND_FACTOR: 'optional',
      DATA_DIR: dataDir,
      ...environment,
      PORT: String(port)
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output.push(String(chunk)))
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
  })

  const url = `http://127.0.0.1:${port}`
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}:\n${output.join('')}`)
    return !hasAddress || await fetch(`${url}/health/ready`).then(answer => answer.ok, () => false)
  })
  return {
    url,
    dataDir,
    output: () => output.join(''),
    async end (signal) {
      child.kill(signal)
      const [code, by] = await exited
      return code ?? by as NodeJS.Signals
    }
  }
}

/** The service on a database of its own. */
export async function aRunningService (t: Test): Promise<{ db: Db, service: RunningService }> {
  const { db, url: DATABASE_URL } = await world(t)
  return { db, service: await runService(t, { DATABASE_URL }) }
}

/** Waits until a condition holds, asking often; fails after `seconds`. */
export async function eventually (
  condition: () => Promise<boolean> | boolean, { seconds = 180, pauseMs = 50 } = {}
): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!await condition()) {
    if (Date.now() > end) throw new Error(`What was waited for did not come about in ${seconds} s.`)
    await new Promise(resolve => { setTimeout(resolve, pauseMs) })
  }
}

/** Posts the booking form as a parent's browser does; returns the answer's status. */
export async function postBooking (
  url: string, slug: string, fields: Record<string, string>
): Promise<number> {
  const answer = await fetch(`${url}/activities/${slug}/book`, {
    method: 'POST',
    body: new URLSearchParams({ name: 'Anne Kirkbride', role: 'parent', ...fields }),
    redirect: 'manual'
  })
  return answer.status
}

export async function freePort (): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}
