import type { Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Logger } from 'pino'
import { maxBytes } from './report.ts'

/** The file into which the mail system writes what comes to the bounce address. */
export interface BounceMailbox {
  /** Handles what has come since the last call; resolves when that is done. */
  readNew: () => Promise<void>
  close: () => Promise<void>
}

/** Where the next mail begins, in which file, and how long the file was when it was last looked at. */
interface Mark { file: string, offset: number, size: number }

/** One mail, or the beginning of it that is looked at, and where the next begins. */
interface Mail { beginning: Buffer, end: number, isLast: boolean }

const pieceBytes = 65_536

/**
 * Reads an mbox as it grows (RFC 4155), and never changes it: how far it was read is remembered only here, there is no
 * lock, and emptying or rotating the file is up to the system that writes it. A file that became shorter, or is another
 * one, is read from its beginning, as every file is after a start: handling the same mail again does no harm. A file
 * that was moved or removed is first read to its end, for what came after it was last looked at.
 *
 * A mail is complete when another follows it; the last one, when the file has not grown since it was last looked at.
 * Where handling a mail fails, that mail is the first to be read the next time.
 */
export function openMailbox (
  path: string, take: (mail: Buffer) => Promise<void>, log: Pick<Logger, 'warn'>
): BounceMailbox {
  let mark: Mark = { file: '', offset: 0, size: 0 }
  let trouble: string | undefined
  let reading: Promise<void> | undefined
  // Kept open between two reads: if it is moved meanwhile, its new name is unknown.
  let held: FileHandle | undefined

  return {
    // One run at a time: a file that grew to hundreds of megabytes can take longer than a minute.
    readNew: async () => {
      reading ??= readNew().finally(() => { reading = undefined })
      await reading
    },

    close: async () => {
      await reading?.catch(() => {})
      await letGo()
    }
  }

  async function readNew (): Promise<void> {
    try {
      if (held !== undefined && nameOf(await held.stat()) !== await stat(path).then(nameOf, () => undefined)) {
        await readFrom(held)
        if (mark.offset < mark.size) return
        await letGo()
      }
      held ??= await open(path).catch(missing)
      if (held === undefined) return
      trouble = undefined
      await readFrom(held)
    } catch (error) {
      // A directory, or a file on a network share that is gone there: open it anew.
      if ((error as NodeJS.ErrnoException).syscall === 'read') await letGo()
      throw error
    }
  }

  async function letGo (): Promise<void> {
    await held?.close()
    held = undefined
  }

  /** Logs once why the file cannot be opened, until it could be or the reason is another. */
  function missing ({ code = 'unknown' }: NodeJS.ErrnoException): undefined {
    if (code !== trouble) log.warn({ path, code }, 'The mailbox file for bounces cannot be opened; each minute it is looked for again.')
    trouble = code
  }

  async function readFrom (file: FileHandle): Promise<void> {
    const status = await file.stat()
    const [name, size] = [nameOf(status), status.size]
    const hasChanged = name !== mark.file || size !== mark.size
    if (!hasChanged && mark.offset === size) return
    const goesOn = name === mark.file && size >= mark.offset && await isStart(file, mark.offset)
    mark = { file: name, offset: goesOn ? mark.offset : 0, size }

    for await (const { beginning, end, isLast } of mailsIn(file, mark.offset, size)) {
      if (isLast && hasChanged) return
      await take(beginning)
      mark.offset = end
    }
  }
}

/** Identifies a file, whatever it is called. */
function nameOf ({ dev, ino }: Stats): string {
  return `${dev}:${ino}`
}

/** Whether a mail begins there, or could: a file that was emptied and has grown since may be as long as before. */
async function isStart (file: FileHandle, offset: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, offset)
  return /^[\r\n]*(?:From |$)/.test(buffer.toString('latin1', 0, bytesRead))
}

/**
 * The mails of a file, beginning with the one at `start`. A mail begins with a line `From ` after an empty line; within
 * mails such lines have a `>` before them, which is left there: nothing that is looked at begins with `From `.
 */
async function * mailsIn (file: FileHandle, start: number, size: number): AsyncGenerator<Mail> {
  let kept: Buffer[] = []
  let keptBytes = 0
  // Bytes that were read and not yet given to a mail, and their offset in the file.
  let rest = Buffer.alloc(0)
  let restAt = start

  for (let at = start; at < size;) {
    const bytes = Math.min(pieceBytes, size - at)
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(bytes), 0, bytes, at)
    if (bytesRead === 0) break
    at += bytesRead
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    for (let next = nextStart(rest); next !== -1; next = nextStart(rest)) {
      give(next)
      yield whole(false)
    }
    // The rest of the line that begins the next mail may only come with the next chunk.
    give(Math.max(0, rest.length - longestSeparator + 1))
  }
  give(rest.length)
  if (restAt > start || keptBytes > 0) yield whole(true)

  function give (bytes: number): void {
    const part = rest.subarray(0, Math.min(bytes, maxBytes - keptBytes))
    if (part.length > 0) kept.push(part)
    keptBytes += part.length
    rest = rest.subarray(bytes)
    restAt += bytes
  }

  function whole (isLast: boolean): Mail {
    const beginning = Buffer.concat(kept)
    kept = []
    keptBytes = 0
    return { beginning, end: restAt, isLast }
  }
}

const longestSeparator = '\n\r\nFrom '.length

/** Where the next mail begins, if it is here. */
function nextStart (bytes: Buffer): number {
  for (let at = bytes.indexOf('\nFrom '); at !== -1; at = bytes.indexOf('\nFrom ', at + 1)) {
    if (bytes[at - 1] === 10 || (bytes[at - 1] === 13 && bytes[at - 2] === 10)) return at + 1
  }
  return -1
}
