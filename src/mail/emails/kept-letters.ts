import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DateTime } from 'luxon'

/** Where letters are kept that no mail server takes, one file each. */
export function keptLettersFolder (dataDir: string): string {
  return join(dataDir, 'mail')
}

/** The file of a letter that is kept. */
export function fileOf (letterId: string): string {
  return `${letterId}.eml`
}

/** How long a letter is kept that no booking has: what lets staff in is good for minutes, and a crash leaves halves. */
const hoursOfNobody = 24

/** So many are asked about at once. */
const atOnce = 1000

/** Deletes the files of letters that are kept; none where there is none. */
export async function removeKeptLetters (folder: string, letterIds: readonly string[]): Promise<void> {
  for (const id of letterIds) await rm(join(folder, fileOf(id)), { force: true })
}

/**
 * Deletes every file that is not a letter of a booking and was written a day ago or earlier, and says how many: what is
 * left of bookings that are no more, letters to staff, and what a crash left unfinished. `known` says which letters
 * there are.
 */
export async function removeStrayLetters (
  folder: string, known: (letterIds: string[]) => Promise<string[]>, now: DateTime<true>
): Promise<number> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  let removed = 0
  for (let from = 0; from < names.length; from += atOnce) {
    const some = names.slice(from, from + atOnce)
    const theirs = new Set((await known(some.flatMap(name => letterIdIn(name) ?? []))).map(fileOf))
    for (const name of some.filter(name => isLetter(name) && !theirs.has(name))) {
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

function letterIdIn (name: string): string | undefined {
  return whole.exec(name)?.[1]
}

/** Whatever else somebody has put there is theirs. */
function isLetter (name: string): boolean {
  return whole.test(name) || unfinished.test(name)
}

async function isOld (file: string, now: DateTime<true>): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() === true && found.mtimeMs <= now.minus({ hours: hoursOfNobody }).toMillis()
}
