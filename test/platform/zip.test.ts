import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { zipOf } from '../../src/platform/zip.ts'
import type { ZipEntry } from '../../src/platform/zip.ts'
import { eventually } from '../support/running-service.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

async function written (entries: ZipEntry[]): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of zipOf(entries)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Reads an archive with a program that is not ours, which also checks each sum; by path, in order. */
const reading = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps([[one.filename, archive.read(one).decode(), one.file_size] for one in archive.infolist()]))
`

const withPython = isInstalled() ? {} : { skip: 'Python is not installed (Debian: apt-get install python3).' }

function isInstalled (): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

t.test('Python reads an archive as it was written, with names in any script', withPython, async t => {
  const path = join(temporaryFolder(t), 'archive.zip')
  const long = Array.from({ length: 2_000 }, (_, n) => `Łucja ${n}, Ömer and Zoë\n`)

  await writeFile(path, await written([
    { path: 'empty.txt', content: [] }, { path: 'folder/Ömer.txt', content: ['One', ', two'] }, { path: 'long.txt', content: long }
  ]))

  const found = JSON.parse(execFileSync('python3', ['-c', reading, path], { encoding: 'utf8' })) as unknown
  t.strictSame(found, [
    ['empty.txt', '', 0], ['folder/Ömer.txt', 'One, two', 8], ['long.txt', long.join(''), Buffer.byteLength(long.join(''))]
  ])
})

t.test('whoever stops reading stops what is written too', async () => {
  let isStopped = false
  async function * endless () {
    try {
      for (let n = 0; ; n++) yield `${n} ${Math.sin(n)}\n`.repeat(100)
    } finally {
      isStopped = true
    }
  }
  let size = 0

  for await (const chunk of zipOf([{ path: 'endless.txt', content: endless() }])) {
    size += chunk.length
    if (size > 100_000) break
  }

  await eventually(async () => isStopped)
})

t.test('while nobody takes what is written, little of it is kept', async t => {
  let made = 0
  async function * endless () {
    for (;;) {
      // Random, so that as many bytes come out as go in.
      const text = randomBytes(12_288).toString('latin1')
      made += Buffer.byteLength(text)
      yield text
    }
  }
  const archive = zipOf([{ path: 'endless.txt', content: endless() }])
  let taken = 0
  for (let n = 0; n < 20; n++) taken += (await archive.next()).value?.length ?? 0

  let before = 0
  await eventually(async () => {
    const isStill = before === made
    before = made
    return isStill
  })
  t.ok(taken > 100_000)
  t.ok(made - taken < 400_000, `${made - taken} bytes are held`)
  await archive.return()
})

t.test('what fails while it is written fails the archive', async t => {
  async function * failing () {
    yield 'one'
    throw new Error('It broke.')
  }

  await t.rejects(written([{ path: 'one.txt', content: failing() }]), /It broke/)
})
