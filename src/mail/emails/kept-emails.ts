import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DateTime } from 'luxon'

/** Folder of the emails that are kept as files because there is no mail server. */
export function keptEmailsFolder (dataDir: string): string {
  return join(dataDir, 'mail')
}

/** Name of the file of an email. */
export function fileOf (emailId: string): string {
  return `${emailId}.eml`
}

/**
 * How long an email that no booking has is kept, in hours: sign-in links for staff are valid for minutes, and a crash
 * leaves half-written files.
 */
const hoursWithoutBooking = 24

/** Maximum number of emails looked up in one call. */
const atOnce = 1000

/** Deletes the files of emails; those without a file are passed over. */
export async function removeKeptEmails (folder: string, emailIds: readonly string[]): Promise<void> {
  for (const id of emailIds) await rm(join(folder, fileOf(id)), { force: true })
}

/**
 * Deletes every file that is not an email of a booking and was written a day ago or earlier, and returns how many:
 * those of bookings that no longer exist, emails to staff, and files that a crash left unfinished. `known` returns
 * which emails exist.
 */
export async function removeStrayEmails (
  folder: string, known: (emailIds: string[]) => Promise<string[]>, now: DateTime<true>
): Promise<number> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  let removed = 0
  for (let from = 0; from < names.length; from += atOnce) {
    const some = names.slice(from, from + atOnce)
    const theirs = new Set((await known(some.flatMap(name => emailIdIn(name) ?? []))).map(fileOf))
    for (const name of some.filter(name => isEmail(name) && !theirs.has(name))) {
      if (!await isOld(join(folder, name), now)) continue
      await rm(join(folder, name), { force: true })
      removed++
    }
  }
  return removed
}

const id = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/
const whole = new RegExp(`^(${id.source})\\.eml$`)
const unfinished = new RegExp(`^\\.${id.source}\\.${id.source}$`)

function emailIdIn (name: string): string | undefined {
  return whole.exec(name)?.[1]
}

/** Any other file in the folder is not ours to delete. */
function isEmail (name: string): boolean {
  return whole.test(name) || unfinished.test(name)
}

async function isOld (file: string, now: DateTime<true>): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() === true && found.mtimeMs <= now.minus({ hours: hoursWithoutBooking }).toMillis()
}
