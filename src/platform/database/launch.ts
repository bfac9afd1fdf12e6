import { readFile, rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { findServer, fullDisk, serverLog } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { DatabaseUnusable } from './errors.ts'
import { run } from './programs.ts'
import type { Programs } from './programs.ts'

/** How long the server may take to start, to be reached and to stop. */
export const timeoutMs = 120_000

/**
 * PostgreSQL logs the contents of a row that it refuses, and the text of a statement that fails, and the log outlives
 * the people in it. Given at each start, so that it applies to existing clusters too.
 */
const namesNobody = ['log_error_verbosity=terse', 'log_min_error_statement=panic', 'log_parameter_max_length=0']
  .map(setting => `-c ${setting}`).join(' ')

/**
 * Starts the server on its earlier port if no other process listens there, so that clients with its address find it
 * again. Returns false if another process was faster, for the folder or the port, or if the remains of a server are
 * still ending.
 */
export async function launch ({ pgCtl }: Programs, { folder, account }: Cluster, port?: number): Promise<boolean> {
  const file = join(folder, serverLog)
  await rename(file, `${file}.1`).catch(() => {})
  port ??= await freePort(await formerPort(folder)).catch(async () => await freePort())
  try {
    await run([pgCtl, 'start', `--pgdata=${folder}`, `--log=${file}`, '--silent', '--wait',
      `--timeout=${timeoutMs / 1000}`, `--options=-p ${port} ${namesNobody}`], account)
    return true
  } catch {
    const said = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').slice(-10).join('\n')
    if (/already exists|in use|is empty/.test(said) || await findServer(folder) !== undefined) return false
    if (said === '' || fullDisk.test(said)) {
      throw new DatabaseUnusable(`PostgreSQL could not be started on ${folder}: it cannot write there, so the disk may be full.`)
    }
    throw new DatabaseUnusable(`PostgreSQL could not be started on ${folder}; it said:\n${said}`)
  }
}

/** PostgreSQL records how it was last started. */
async function formerPort (folder: string): Promise<number> {
  const options = await readFile(join(folder, 'postmaster.opts'), 'utf8').catch(() => '')
  return Number(/"-p" "(\d+)"/.exec(options)?.[1] ?? 0)
}

/** Returns that port, or with 0 any free one. Rejects if another process listens there. */
async function freePort (wanted = 0): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(wanted, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
