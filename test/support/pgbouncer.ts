import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { eventually, freePort } from './running-service.ts'

/** Options of a test that needs PgBouncer: without one it is skipped, but not in CI. */
export const withPgBouncer = process.env.CI !== undefined || isInstalled() ? {} : { skip: 'PgBouncer is not installed (Debian: apt-get install pgbouncer).' }

function isInstalled (): boolean {
  try {
    execFileSync('pgbouncer', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * A PgBouncer in transaction mode in front of the server of `url`; returns the address of the same database through it.
 */
export async function aPgBouncer (t: Test, url: string): Promise<string> {
  const server = new URL(url)
  const folder = await mkdtemp(join(tmpdir(), 'placekeeper-pgbouncer-'))
  const port = await freePort()
  const [settings, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'users.txt')]
  await writeFile(users, `"${server.username}" "${server.password}"\n`)
  await writeFile(settings, [
    '[databases]', `* = host=${server.hostname} port=${server.port}`,
    '[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =',
    'pool_mode = transaction', 'default_pool_size = 20', 'max_client_conn = 400', 'auth_type = trust', `auth_file = ${users}`,
    // It refuses to run as root.
    ...process.geteuid?.() === 0 ? ['user = nobody'] : []
  ].join('\n'))
  await Promise.all([chmod(folder, 0o755), chmod(settings, 0o644), chmod(users, 0o644)])

  const child = spawn('pgbouncer', ['--quiet', settings], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
    await rm(folder, { recursive: true })
  })
  await eventually(async () => await answers(port))
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href
}

async function answers (port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const connected = await once(socket, 'connect').then(() => true, () => false)
  socket.destroy()
  return connected
}
