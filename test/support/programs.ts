import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'

/** Options of a test that needs a program of Debian's: without it the test is skipped, but not in CI. */
export function withProgram (program: string, { called }: { called: string }): { skip?: string } {
  const isThere = process.env.CI !== undefined ||
    spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
  return isThere ? {} : { skip: `${called} is not installed (Debian: apt-get install ${program}).` }
}

/** Whether anybody listens on a port of this machine. */
export async function listens (port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const connected = await once(socket, 'connect').then(() => true, () => false)
  socket.destroy()
  return connected
}
