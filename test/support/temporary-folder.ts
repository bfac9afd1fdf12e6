import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** Files by their names, and folders of them. */
interface Files { [name: string]: string | Uint8Array | Files }

/**
 * A new folder with these files, which ends with the test. Not tap's own, whose plugin keeps every test, and all that
 * it refers to, until the process ends.
 */
export function temporaryFolder (
  t: Pick<Test, 'teardown'>, files: Files = {}, { within = tmpdir() }: { within?: string } = {}
): string {
  const folder = mkdtempSync(join(within, 'placekeeper-'))
  t.teardown(() => { rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) })
  write(folder, files)
  return folder
}

function write (folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    if (typeof content === 'string' || content instanceof Uint8Array) {
      writeFileSync(path, content)
    } else {
      mkdirSync(path)
      write(path, content)
    }
  }
}
