import { randomBytes } from 'node:crypto'
import { access, chown, constants, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DatabaseUnusable } from './errors.ts'
import { accountsFor, run } from './programs.ts'
import type { Account, Programs } from './programs.ts'

/** The folder of one embedded PostgreSQL, ready to be started. */
export interface Cluster { folder: string, account: Account }

const passwordFile = 'placekeeper.password'
/** The server's own log; the log of the previous start is kept beside it. */
export const serverLog = 'server.log'

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Several processes may share it, each with pools for pages, jobs and long lists.
  max_connections: '200',
  shared_buffers: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC'
}

/** Makes the data folder if missing and returns its real path, so that two spellings of it are one folder. */
export async function openDataDir (dataDir: string): Promise<string> {
  try {
    if (/^\s*$|["$`\\\n\r]/.test(dataDir)) throw Object.assign(new Error(), { code: 'EINVAL' })
    // Keys and emails are in it, too: nobody else on the machine reads them.
    await makeFolder(resolve(dataDir), 0o700)
    const path = await realpath(dataDir)
    await readdir(path)
    await access(path, constants.W_OK | constants.X_OK)
    return path
  } catch (error) {
    throw new DatabaseUnusable(
      `The data folder ${JSON.stringify(dataDir)} cannot be used (${reasonOf(error)}): set DATA_DIR to one that can be written.`)
  }
}

/** Unlike Node's own `recursive`, this returns where the kernel makes no folders, such as in /proc. */
async function makeFolder (path: string, mode = 0o777): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path, { mode }).catch(error => { if (error.code !== 'EEXIST') throw error })
  }
}

/** Makes the cluster if there is none, and decides which account runs it. */
export async function openCluster (
  programs: Programs, dataDir: string, { userNamespaces }: { userNamespaces: boolean }
): Promise<Cluster> {
  const folder = join(dataDir, 'postgres')
  const owner = await stat(folder).catch(() => undefined)
  const accounts = await accountsFor(owner, { userNamespaces })
  if (owner === undefined || (await readdir(folder).catch(() => ['?'])).length === 0) {
    return { folder, account: await createCluster(programs, accounts, folder) }
  }

  const { account, major } = await choose(programs, accounts, folder, owner.uid)
  const found = await readFile(join(folder, 'PG_VERSION'), 'utf8').then(text => text.trim(), () => undefined)
  if (found === undefined) {
    throw new DatabaseUnusable(`${folder} is not a PostgreSQL data folder: move it away, or set DATA_DIR to another folder.`)
  }
  if (found !== major) {
    throw new DatabaseUnusable(`${folder} was written by PostgreSQL ${found} and this is PostgreSQL ${major}: ` +
      `run PostgreSQL ${found} on it and set DATABASE_URL, or export it from there, move the folder away and import it.`)
  }
  return { folder, account }
}

/**
 * Makes the cluster in a neighbouring folder and renames it when complete: an interrupted one is never taken for a
 * cluster, and of two made at once the first stays.
 */
async function createCluster (programs: Programs, accounts: Account[], folder: string): Promise<Account> {
  await clearInterrupted(folder)
  const making = `${folder}.making-${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    await mkdir(making, { mode: 0o700 })
    const { account } = await choose(programs, accounts, making)
    await writeFile(join(making, passwordFile), randomBytes(24).toString('base64url'), { mode: 0o600, flush: true })
    for (const path of [making, join(making, passwordFile)]) await chown(path, account.uid, account.gid)

    const cluster = join(making, 'cluster')
    await run([programs.initdb, `--pgdata=${cluster}`, '--username=placekeeper',
      `--pwfile=${join(making, passwordFile)}`, '--auth=scram-sha-256', '--no-instructions',
      '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8',
      ...Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`)], account)
    await rename(join(making, passwordFile), join(cluster, passwordFile))
    await rename(cluster, folder).catch(async error => {
      if (await readPassword(folder).catch(() => undefined) === undefined) throw error
    })
    return account
  } catch (error) {
    if (error instanceof DatabaseUnusable) throw error
    throw new DatabaseUnusable(`The embedded database could not be made in ${folder}: ${reasonOf(error)}.`)
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

async function clearInterrupted (folder: string): Promise<void> {
  const parent = dirname(folder)
  for (const name of await readdir(parent)) {
    const pid = Number(/\.making-(\d+)-/.exec(name)?.[1])
    if (name.startsWith(`${basename(folder)}.making-`) && !isAlive(pid)) {
      // An initdb that outlived its parent may still write there; the next start clears the rest.
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => {})
    }
  }
}

/** Returns the first account that can really start PostgreSQL and write the folder, and makes it the folder's owner. */
async function choose (
  { postgres }: Programs, accounts: Account[], folder: string, owner = process.geteuid?.()
): Promise<{ account: Account, major: string }> {
  let reason = 'there is neither a user namespace nor a user postgres to run it'
  for (const account of accounts) {
    try {
      if (account.uid !== owner) {
        if (process.geteuid?.() !== 0) throw new Error(`${folder} belongs to another user`)
        await run(['chown', '-R', `${account.uid}:${account.gid}`, folder])
      }
      const version = await run(['sh', '-c', '"$0" --version && cd "$1" && test -w .', postgres, folder], account)
      return { account, major: /\) (\d+)/.exec(version)?.[1] ?? version }
    } catch (error) {
      reason = reasonOf(error)
    }
  }
  throw new DatabaseUnusable(`The embedded PostgreSQL does not run here (${reason}): ` +
    'start placekeeper as the user who owns its data folder, or set DATABASE_URL.')
}

export async function readPassword (folder: string): Promise<string> {
  return await readFile(join(folder, passwordFile), 'utf8').catch(error => {
    throw new DatabaseUnusable(`its password cannot be read from ${passwordFile} (${reasonOf(error)})`)
  })
}

/**
 * Returns the server that runs on this folder, if any.
 *
 * postmaster.pid outlives a server that was killed, and its number may by now belong to another process (after a
 * restart of a container almost certainly): PostgreSQL would refuse to start, so such a file is removed. PostgreSQL's
 * own lock on the shared memory still keeps two servers from one folder.
 */
export async function findServer (folder: string): Promise<{ pid: number, port: number } | undefined> {
  const file = join(folder, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined

  const [pid, , , port] = text.split('\n').map(Number)
  if (pid !== undefined && port !== undefined && await isServerOf(folder, pid)) return { pid, port }
  // An empty file is just being written, or was left by a power cut.
  const age = Date.now() - await stat(file).then(({ mtimeMs }) => mtimeMs, () => Date.now())
  if (text !== '' || age > 10_000) await rm(file, { force: true })
  return undefined
}

function isAlive (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True if that process is the server of this folder; false if it is ending, or has ended but is still listed. */
async function isServerOf (folder: string, pid: number): Promise<boolean> {
  if (!(pid > 0) || !isAlive(pid)) return false
  return isCommandOf(folder, await commandOf(folder, pid))
}

/**
 * True if the server of this folder that was that process has ended. A process gives up its memory, and with it its
 * command line, before its files and sockets: it has not ended until it is a zombie.
 */
export async function hasEnded (folder: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return true
  const command = await commandOf(folder, pid)
  if (command !== '') return !isCommandOf(folder, command)
  return /\) [ZX] /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') X '))
}

/** Without /proc (macOS) the pid file is believed. */
async function commandOf (folder: string, pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => `postgres\0${folder}`)
}

function isCommandOf (folder: string, command: string): boolean {
  const [program = '', ...args] = command.split('\0')
  return basename(program) === 'postgres' && args.includes(folder)
}

/** The reason, in the words of the program or system that gave it, without a full stop. */
export function reasonOf (error: unknown): string {
  const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string }
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    ENOENT: 'no such folder',
    EPERM: 'permission denied',
    EROFS: 'read-only file system',
    ENOSPC: 'no space left on the disk',
    ENOTDIR: 'not a folder',
    EINVAL: 'not a name for a folder',
    ENAMETOOLONG: 'its name is too long'
  }
  if (fullDisk.test(stderr ?? '')) return 'no space left on the disk'
  const lines = stderr?.trim().split('\n') ?? []
  const said = lines.find(line => /FATAL|error:/.test(line)) ?? lines.at(-1) ?? ''
  return reasons[code ?? ''] ?? (said === '' ? message : said).replace(/\.$/, '')
}

/** PostgreSQL's messages for a full disk. */
export const fullDisk = /No space left on device|free disk space/
