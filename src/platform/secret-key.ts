import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'
import { CommandError } from './errors.ts'
import type { SecretKey } from './seal.ts'

/**
 * The key that signs links and seals join links: SECRET_KEY, or a key kept in DATA_DIR beside the embedded database,
 * made at the first start; with it SECRET_KEY_BEFORE, if there is one. Two processes that make it at once agree on one.
 */
export async function secretKeyOf (config: Pick<Config, 'secretKey' | 'secretKeyBefore' | 'dataDir'>): Promise<SecretKey> {
  const current = await findSecretKey(config) ?? await make(fileIn(config.dataDir))
  return config.secretKeyBefore === undefined ? current : [current, config.secretKeyBefore]
}

/** The key with which things are sealed now, where there is one already. */
export async function findSecretKey (config: Pick<Config, 'secretKey' | 'dataDir'>): Promise<string | undefined> {
  return config.secretKey ?? await kept(fileIn(config.dataDir))
}

function fileIn (dataDir: string): string {
  return join(dataDir, 'secret-key')
}

async function kept (file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new CommandError(`The secret key in ${file} cannot be read: ${(error as Error).message}.`)
  }
}

/** Writes the key elsewhere first and links it into place: a link fails if another process was first. */
async function make (file: string): Promise<string> {
  const own = `${file}.${process.pid}`
  await mkdir(join(file, '../..'), { recursive: true })
  await writeFile(own, randomBytes(32).toString('base64url') + '\n', { mode: 0o600 })
  await link(own, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(own)
  return (await readFile(file, 'utf8')).trim()
}
