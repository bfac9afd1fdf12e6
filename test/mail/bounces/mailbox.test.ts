import { appendFile, mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { openMailbox } from '../../../src/mail/bounces/mailbox.ts'
import { maxBytes } from '../../../src/mail/bounces/report.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const from = 'From MAILER-DAEMON Mon Nov 23 12:00:03 2026\n'

function mail (subject: string, body = 'Hello\n'): string {
  return `${from}Subject: ${subject}\n\n${body}\n`
}

/** A mailbox file, the subjects of the mails that were read from it, and the warnings. */
function aFile (t: Test, failing: (subject: string) => boolean = () => false) {
  const path = join(temporaryFolder(t), 'bounces')
  const taken: string[] = []
  const warned: object[] = []
  const mails: Buffer[] = []
  const { readNew, close } = openMailbox(path, async mail => {
    const subject = /^Subject: (.*?)\r?$/m.exec(String(mail))?.[1] ?? String(mail)
    if (failing(subject)) throw new Error('The database is away.')
    taken.push(subject)
    mails.push(mail)
  }, { warn: (about: object) => { warned.push(about) } } as Parameters<typeof openMailbox>[2])
  t.teardown(close)
  return { path, taken, warned, mails, readNew }
}

t.test('mails are taken in once each, in their order, as they come', async t => {
  const { path, taken, readNew } = aFile(t)
  await writeFile(path, mail('1') + mail('2') + mail('3'))

  await readNew()
  t.strictSame(taken, ['1', '2'], 'the last may still be being written')
  await readNew()
  t.strictSame(taken, ['1', '2', '3'], 'it has not grown')
  await readNew()
  await appendFile(path, mail('4') + mail('5'))
  await readNew()
  t.strictSame(taken, ['1', '2', '3', '4'])
  await appendFile(path, mail('6'))
  await readNew()
  t.strictSame(taken, ['1', '2', '3', '4', '5'])
  await readNew()
  await readNew()
  t.strictSame(taken, ['1', '2', '3', '4', '5', '6'])
})

t.test('a mail that is still being written is taken in when it is whole', async t => {
  const { path, mails, readNew } = aFile(t)
  const whole = mail('slow', 'x'.repeat(1000) + '\n')
  for (const [start, end] of [[0, 20], [20, 500], [500, 1000], [1000, undefined]] as const) {
    await appendFile(path, whole.slice(start, end))
    await readNew()
    t.strictSame(mails, [])
  }

  await readNew()

  t.strictSame(mails.map(String), [whole])
})

t.test('a mail that was taken for whole and grew is taken in again, and those after it', async t => {
  const { path, taken, mails, readNew } = aFile(t)
  const whole = mail('stalled', 'x'.repeat(1000) + '\n')
  await writeFile(path, whole.slice(0, 500))
  await readNew()
  await readNew()

  await appendFile(path, whole.slice(500) + mail('next'))
  await readNew()
  await readNew()

  t.strictSame(taken, ['stalled', 'stalled', 'next'])
  t.equal(String(mails[1]), whole)
})

t.test('the file stays as it is', async t => {
  const { path, readNew } = aFile(t)
  const text = mail('1') + mail('2')
  await writeFile(path, text, { mode: 0o400 })
  const { mtimeMs, mode } = await stat(path)

  await readNew()
  await readNew()

  t.equal(await readFile(path, 'utf8'), text)
  t.match(await stat(path), { mtimeMs, mode })
})

t.test('a file that was emptied, made shorter or replaced is read from its beginning', async t => {
  for (const [how, replace] of Object.entries({
    'emptied, and has grown less': async (path: string) => { await truncate(path); await appendFile(path, mail('new')) },
    'emptied, and has grown more': async (path: string) => {
      await truncate(path)
      await appendFile(path, mail('new', 'y'.repeat(3000) + '\n'))
    },
    'moved away': async (path: string) => {
      await rename(path, `${path}.1`)
      await writeFile(path, mail('new', 'x'.repeat(1000) + '\n'))
    },
    removed: async (path: string) => { await rm(path); await writeFile(path, mail('new', 'z'.repeat(2000) + '\n')) }
  })) {
    await t.test(how, async t => {
      const { path, taken, readNew } = aFile(t)
      await writeFile(path, mail('old', 'x'.repeat(1000) + '\n'))
      await readNew()
      await readNew()

      await replace(path)
      await readNew()
      await readNew()

      t.strictSame(taken, ['old', 'new'])
    })
  }
})

t.test('what came since the file was last looked at is not lost with its rotation', async t => {
  for (const [how, rotate] of Object.entries({
    'moved away': async (path: string) => { await rename(path, `${path}.1`) },
    'moved away, and another is there': async (path: string) => {
      await rename(path, `${path}.1`)
      await writeFile(path, mail('4') + mail('5'))
    },
    removed: async (path: string) => { await rm(path) }
  })) {
    await t.test(how, async t => {
      const { path, taken, readNew } = aFile(t)
      await writeFile(path, mail('1') + mail('2'))
      await readNew()
      await appendFile(path, mail('3'))

      await rotate(path)
      await readNew()
      t.strictSame(taken, ['1', '2'], 'the last may still be being written')
      await readNew()
      await readNew()

      t.strictSame(taken, ['1', '2', '3', '4', '5'].slice(0, how.endsWith('there') ? 5 : 3))
    })
  }
})

t.test('what begins a mail is told from what only looks like it, wherever the pieces end', async t => {
  const { path, taken, mails, readNew } = aFile(t)
  const bodies = [
    '>From here on\n', 'Hello\nFrom me\n', '\n>From me\n', '\n From me\n', '\nFrom: me\n', '\n\n\n', ''
  ]
  // Chunks have 65,536 bytes: each long mail moves the beginning of the next one across their end by a byte.
  const long = (subject: string, length: number) =>
    mail(subject, 'x'.repeat(length - mail(subject, '\n').length) + '\n')
  const short = bodies.map((body, n) => mail(`short ${n}`, body))
  const many = Array.from({ length: 24 }, (_, n) => long(`long ${n}`, 65_535))
  const mailsIn = [...short, long('long', 65_536 + 12 - short.join('').length), ...many, mail('last')]
  await writeFile(path, mailsIn.join(''))

  await readNew()
  await readNew()

  t.equal(taken.length, mailsIn.length)
  t.strictSame(mails.map(String), mailsIn)
})

t.test('files with the line ends of Windows are read too', async t => {
  const { path, taken, readNew } = aFile(t)
  await writeFile(path, (mail('1') + mail('2') + mail('3')).replaceAll('\n', '\r\n'))

  await readNew()
  await readNew()

  t.strictSame(taken, ['1', '2', '3'])
})

t.test('of a mail of any size only the beginning is read into memory', async t => {
  const { path, taken, mails, readNew } = aFile(t)
  await writeFile(path, mail('1'))
  for (let n = 0; n < 64; n++) await appendFile(path, n === 0 ? mail('large') : 'x'.repeat(999_999) + '\n')
  await appendFile(path, `\n${mail('3')}`)

  await readNew()
  await readNew()

  t.strictSame(taken, ['1', 'large', '3'])
  t.equal(mails[1]?.length, maxBytes)
})

t.test('a mail that could not be taken in is the next to be taken in', async t => {
  let isAway = true
  const { path, taken, readNew } = aFile(t, subject => isAway && subject === '2')
  await writeFile(path, mail('1') + mail('2') + mail('3'))

  await t.rejects(readNew(), { message: 'The database is away.' })
  await t.rejects(readNew())
  isAway = false
  await readNew()

  t.strictSame(taken, ['1', '2', '3'])
})

t.test('asked again while it reads, it reads once', async t => {
  const { path, taken, readNew } = aFile(t)
  await writeFile(path, mail('1') + mail('2') + mail('3'))

  await Promise.all([readNew(), readNew(), readNew()])

  t.strictSame(taken, ['1', '2'])
})

t.test('a missing file is one warning, and looked for again', async t => {
  const { path, taken, warned, readNew } = aFile(t)

  await readNew()
  await readNew()
  t.strictSame(warned, [{ path, code: 'ENOENT' }])
  await writeFile(path, mail('1') + mail('2'))
  await readNew()
  await rm(path)
  await readNew()
  await readNew()

  t.strictSame(taken, ['1', '2'])
  t.equal(warned.length, 2, 'it was there in between')
})

t.test('a file that is not a mailbox is one mail, and a folder is a fault until there is a mailbox', async t => {
  const { path, taken, readNew } = aFile(t)
  await writeFile(path, 'not a mailbox at all')
  await readNew()
  await readNew()
  t.strictSame(taken, ['not a mailbox at all'])

  await rm(path)
  await mkdir(path)
  await t.rejects(readNew(), { code: 'EISDIR' })
  await rm(path, { recursive: true })
  await writeFile(path, mail('1') + mail('2'))
  await readNew()
  t.strictSame(taken, ['not a mailbox at all', '1'], 'it is one by now')
})

t.test('an empty file is nothing', async t => {
  const { path, taken, warned, readNew } = aFile(t)
  await writeFile(path, '')

  await readNew()
  await readNew()

  t.strictSame([taken, warned], [[], []])
})
