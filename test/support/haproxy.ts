import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listens, withProgram } from './programs.ts'
import { eventually, freePort } from './running-service.ts'

const shipped = join(import.meta.dirname, '../../deploy/haproxy')

/** Options of a test that needs it. */
export const withHaproxy = withProgram('haproxy', { called: 'HAProxy' })

/** Where the proxy listens, on 127.0.0.1. */
interface Proxy {
  http: number
  https: number
  /** Passes requests on as they come, without TLS. */
  plain: number
  /** What it has written to its log. */
  log: () => string
  close: () => Promise<void>
}

/**
 * HAProxy with the settings that we ship, but its addresses: in front of the service on `port`, with the certificate
 * and key in the file `pem`. `folder` is for its settings.
 */
export async function startHaproxy (
  { port, pem, folder }: { port: number, pem: string, folder: string }
): Promise<Proxy> {
  const [http, https, plain] = [await freePort(), await freePort(), await freePort()]
  const file = join(folder, 'haproxy.cfg')
  const here = {
    'bind :80': `bind 127.0.0.1:${http}`,
    'bind :443': `bind 127.0.0.1:${https}`,
    '/etc/ssl/workshops.example.org.pem': pem,
    '/etc/haproxy': shipped,
    '127.0.0.1:3000': `127.0.0.1:${port}`,
    '/dev/log': 'stderr',
    '  user haproxy\n  group haproxy\n': ''
  }
  let settings = await readFile(join(shipped, 'haproxy.cfg'), 'utf8')
  for (const [theirs, ours] of Object.entries(here)) {
    if (!settings.includes(theirs)) throw new Error(`deploy/haproxy/haproxy.cfg has no “${theirs}”.`)
    settings = settings.replaceAll(theirs, ours)
  }
  await writeFile(file, `${settings}\nfrontend plain\n  bind 127.0.0.1:${plain}\n  default_backend placekeeper\n`)
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => { said.push(chunk) })
  const exited = once(child, 'exit')
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`HAProxy ended with ${child.exitCode}:\n${Buffer.concat(said).toString()}`)
    return await listens(plain)
  })
  return {
    http,
    https,
    plain,
    log: () => Buffer.concat(said).toString(),
    async close () {
      child.kill('SIGKILL')
      await exited
    }
  }
}
