import { Decrypter, Encrypter } from 'age-encryption'
import type { Identity } from 'age-encryption'
import { createReadStream } from 'node:fs'
import { link, open, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { CommandError } from '../errors.ts'
import { countRows, NotABackup, readArchive } from './archive.ts'
import type { Contents, Summary } from './archive.ts'

/** Who can read a file again: private keys as text, or as the library has them. */
type Identities = ReadonlyArray<string | Identity>

/**
 * Writes an archive into a new file, compressed and encrypted to the holders of the recipients' private keys, and
 * returns what it holds once all of it was read back from the file.
 *
 * A public key cannot read what it wrote. So the key of this one file is kept in memory until it was checked, and
 * nowhere else. Nothing is written that is not encrypted, and the file has its name only when it is whole: what ends
 * earlier leaves nothing, or, if killed, a `.part`.
 */
export async function writeEncrypted (
  file: string, recipients: readonly string[], archive: AsyncIterable<Buffer>
): Promise<Summary & { bytes: number }> {
  const part = join(dirname(file), `.${basename(file)}.${process.pid}.part`)
  const encrypter = new Encrypter()
  for (const recipient of recipients) addRecipient(encrypter, recipient)
  let fileKey = new Uint8Array()
  encrypter.addRecipient({
    wrapFileKey (key) {
      fileKey = key.slice()
      return []
    }
  })
  try {
    await writing(file, async () => {
      const handle = await open(part, 'wx', 0o600)
      await pipeline(
        archive,
        createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
        async function * (bytes: AsyncIterable<Uint8Array>) {
          yield * await encrypter.encrypt(ReadableStream.from(bytes))
        },
        handle.createWriteStream({ flush: true })
      )
    })
    const summary = await checkEncrypted(part, [{ unwrapFileKey: () => fileKey }])
    const { size: bytes } = await stat(part)
    // Unlike a rename, it fails where a file of that name is there already.
    await writing(file, async () => {
      await link(part, file)
      await flushFolder(dirname(file))
    })
    return { ...summary, bytes }
  } finally {
    await rm(part, { force: true })
  }
}

/** Reads all of a file and does nothing with it. */
export async function checkEncrypted (
  file: string, identities: Identities, header?: Contents['header']
): Promise<Summary> {
  return await readEncrypted(file, identities, { header, table: async (_, rows) => await countRows(rows) })
}

/** Reads such a file to its end; throws a sentence where it is damaged, or none of the keys opens it. */
export async function readEncrypted (file: string, identities: Identities, contents: Contents): Promise<Summary> {
  const decrypter = new Decrypter()
  for (const identity of identities) addIdentity(decrypter, identity)
  return await pipeline(
    decrypting(file, decrypter),
    createZstdDecompress(),
    async (archive: AsyncIterable<Buffer>) => await readArchive(archive, contents)
  )
}

async function * decrypting (file: string, decrypter: Decrypter): AsyncGenerator<Uint8Array, void> {
  try {
    yield * await decrypter.decrypt(ReadableStream.from<Uint8Array>(createReadStream(file)))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new CommandError(`There is no file ${file}.`)
    if (code !== undefined) throw new CommandError(`The file ${file} cannot be read: ${message}.`)
    if (message.startsWith('no identity')) throw new CommandError(`This key does not open ${file}: it was encrypted to another one.`)
    throw new NotABackup(`${file} is damaged, cut short, or not encrypted with age.`)
  }
}

function addRecipient (encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient)
  } catch {
    throw new CommandError(`${recipient} is not a public key of age: those begin with age1. Make one with: placekeeper backup key`)
  }
}

function addIdentity (decrypter: Decrypter, identity: string | Identity): void {
  try {
    decrypter.addIdentity(identity)
  } catch {
    throw new CommandError('The private key is not one that age knows: copy the whole line that begins with AGE-SECRET-KEY-.')
  }
}

/** Says of what goes wrong with the disk which file it was. */
async function writing (file: string, write: () => Promise<void>): Promise<void> {
  await write().catch((error: NodeJS.ErrnoException) => {
    if (error.syscall === undefined) throw error
    const reasons: Record<string, string> = {
      ENOSPC: 'the disk is full', EEXIST: 'there is one already', ENOENT: 'there is no such folder', EACCES: 'that is not allowed'
    }
    throw new CommandError(`The backup ${file} cannot be written: ${reasons[error.code ?? ''] ?? error.message}.`)
  })
}

async function flushFolder (folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(async () => { await handle.close() })
}
