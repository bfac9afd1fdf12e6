import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { listens, withProgram } from './programs.ts'
import { eventually, freePort } from './running-service.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Options of a test that needs it. */
export const withPgBouncer = withProgram('pgbouncer', { called: 'PgBouncer' })

/**
 * A PgBouncer in transaction mode in front of the server of `url`; returns the address of the same database through it.
 */
export async function aPgBouncer (t: Test, url: string): Promise<string> {
  const server = new URL(url)
  const folder = temporaryFolder(t)
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
  })
  await eventually(async () => await listens(port))
  return Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href
}
