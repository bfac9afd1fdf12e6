/**
 * Shows how two calendar programs from Debian handle the life of a booking: `node test/calendars/life.ts`, by hand,
 * after `apt-get install evolution-data-server gir1.2-ecal-2.0 python3-gi dbus khal`. Prints the table for
 * docs/calendars.md, and fails where an event is not as expected.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DateTime } from 'luxon'
import type { Test } from 'tap'
import { setJoinLink } from '../../src/office/meetings/join-link.ts'
import { cancelActivity, cancelBooking } from '../../src/booking/bookings/cancel.ts'
import { changePlaces } from '../../src/booking/bookings/change-own-booking.ts'
import { requestPlaces } from '../../src/booking/bookings/request-places.ts'
import { EmailPutOff } from '../../src/mail/emails/errors.ts'
import type { EmailContext } from '../../src/mail/emails/email-context.ts'
import type { Facts } from '../../src/platform/outbox.ts'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import { confirming } from '../support/confirming.ts'
import { joinUrl } from '../support/calendar-entry.ts'
import { read } from '../support/icalendar.ts'
import { contextFor, writeEmail } from '../support/email-context.ts'
import { aMailbox } from '../support/mailbox.ts'
import type { Mailbox } from '../support/mailbox.ts'
import { editProgramme } from '../support/editing.ts'
import { eventually } from '../support/running-service.ts'
import { organiser } from '../support/staff.ts'
import { anActivity, aRequest, noon, secretKey, world } from '../support/world.ts'
import type { World } from '../support/world.ts'

const seal = joinLinkSeal(secretKey)
const anotherLink = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'
const facts = ['booking.confirmed', 'booking.changed', 'booking.cancelled'] as const

/** An event in a calendar; times as `20261201T180000Z`. */
interface Event { uid: string, start: string, end: string, status: string }

/** An action on a booking, the messages to its holder, and what their calendar must then contain. */
interface Step { name: string, messages: string[], start: string | undefined }

/** A test's teardowns, for a program that is no test. */
const ends: Array<() => unknown> = []
const t = { teardown: (end: () => unknown) => { ends.unshift(end) }, comment: console.error } as unknown as Test

/** Writes the emails that are due, in parallel as workers do, and retries those that were out of turn. */
async function workOff ({ boss }: World, context: EmailContext): Promise<void> {
  const dues: Array<{ fact: typeof facts[number], data: Facts[typeof facts[number]] }> = []
  for (const fact of facts) {
    const jobs = await boss.fetch<Facts[typeof fact]>(fact, { batchSize: 100, ignoreStartAfter: true })
    dues.push(...jobs.map(({ data }) => ({ fact, data })))
  }
  await Promise.all(dues.map(async ({ fact, data }) => {
    for (let isDone = false; !isDone;) {
      isDone = await writeEmail(context, fact, data).then(() => true, (error: unknown) => {
        if (error instanceof EmailPutOff) return false
        throw error
      })
      if (!isDone) await new Promise(resolve => { setTimeout(resolve, 20) })
    }
  }))
}

/** Makes a second thing happen while the mail server still holds the email about the first. */
async function during (
  its: World, context: EmailContext, mailbox: Mailbox, first: () => Promise<unknown>, second: () => Promise<unknown>
): Promise<void> {
  const held = Promise.withResolvers<void>()
  let isHolding = false
  mailbox.think = async () => { isHolding = true; await held.promise }
  await first()
  const going = workOff(its, context)
  await eventually(() => isHolding)
  mailbox.think = async () => {}
  await second()
  const following = workOff(its, context)
  // Time for the later email to overtake.
  await new Promise(resolve => { setTimeout(resolve, 300) })
  held.resolve()
  await Promise.all([going, following])
}

async function live (): Promise<Step[]> {
  const its = await world(t)
  const { db, outbox } = its
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const { id: activityId } = await anActivity(db, { placesPerBooking: 2 })
  const bookingId = async () => (await db.booking.findFirstOrThrow({ where: { activityId, status: 'confirmed' } })).id
  const move = async (starts: string) => {
    await editProgramme(its, { starts, ends: starts.replace(':00', ':30') })
  }
  const book = async () => { await requestPlaces(db, outbox, activityId, [aRequest('anne@example.org')], noon) }
  const link = async (url: string) => {
    await confirming(async confirmed =>
      await setJoinLink(db, outbox, seal, activityId, { joinUrl: url, confirmed }, organiser, noon))
  }
  const steps: Step[] = []

  /** Records the messages of an action, and where its event has to be; undefined: nowhere. */
  const step = async (name: string, start: string | undefined, run: () => Promise<unknown>) => {
    const from = mailbox.taken.length
    await run()
    await workOff(its, context)
    const messages = mailbox.taken.slice(from).map(({ mail }) =>
      mail.attachments.find(({ contentType }) => contentType === 'text/calendar')?.content.toString() ?? '')
    steps.push({ name, messages, start })
  }
  await step('book', '20261201T180000Z', book)
  await step('move', '20261202T190000Z', async () => { await move('2026-12-02 19:00') })
  await step('move, and again while that is going out', '20261204T200000Z', async () => {
    await during(its, context, mailbox, async () => { await move('2026-12-03 10:00') }, async () => { await move('2026-12-04 20:00') })
  })
  await step('add the link', '20261204T200000Z', async () => { await link(joinUrl) })
  await step('change the link', '20261204T200000Z', async () => { await link(anotherLink) })
  await step('change places', '20261204T200000Z', async () => { await changePlaces(db, outbox, await bookingId(), 2, noon) })
  await step('change places, and cancel while that is going out', undefined, async () => {
    const id = await bookingId()
    await during(its, context, mailbox, async () => { await changePlaces(db, outbox, id, 1, noon) },
      async () => { await cancelBooking(db, outbox, id, noon) })
  })
  await step('book again', '20261204T200000Z', book)
  await step('move, and cancel the activity while that is going out', undefined, async () => {
    await during(its, context, mailbox, async () => { await move('2026-12-05 18:00') },
      async () => {
        await confirming(async confirmed =>
          await cancelActivity(db, outbox, activityId, { reason: 'The speaker is ill.', confirmed }, organiser, noon))
      })
  })
  return steps
}

/** Runs a program on series of messages; returns what its calendar contained after each message. */
function statesOf (program: string, histories: string[][]): Event[][][] {
  const home = mkdtempSync(join(tmpdir(), 'placekeeper-calendars-'))
  try {
    const python = ['/usr/bin/python3', join(import.meta.dirname, `${program}.py`)]
    const [command = '', ...args] = program === 'evolution' ? ['dbus-run-session', '--', ...python] : python
    return JSON.parse(execFileSync(command, args, {
      input: JSON.stringify(histories),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, TZ: 'UTC', LC_ALL: 'C.UTF-8' }
    })) as Event[][][]
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Ways in which messages arrive: each once, each twice, or each once more after the next has come. */
const ways = {
  once: (messages: string[]) => messages.map(message => [message]),
  twice: (messages: string[]) => messages.map(message => [message, message]),
  late: (messages: string[]) => messages.map((message, n) => n === 0 ? [message] : [message, messages[n - 1] ?? ''])
}

/** Whether a calendar contains exactly the expected event; a cancelled one does not count. */
function isRight (state: readonly Event[], start: string | undefined): boolean {
  const events = state.filter(({ status }) => status.toUpperCase() !== 'CANCELLED')
  return start === undefined ? events.length === 0 : events.length === 1 && events[0]?.start === start
}

function versionOf (name: string): string {
  return execFileSync('dpkg-query', ['-W', name], { encoding: 'utf8' }).trim().split('\t')[1] ?? ''
}

execFileSync(process.execPath, [join(import.meta.dirname, '../support/before.ts')], { stdio: 'ignore' })
const steps = await live()
while (ends.length > 0) await ends.shift()?.() // The teardown that gives the database back must be the last.
execFileSync(process.execPath, [join(import.meta.dirname, '../support/after.ts')], { stdio: 'ignore' })
const messages = steps.flatMap(({ messages }) => messages)
const programs = { evolution: 'evolution-data-server', khal: 'khal' } as const
let hasFailed = false
console.log(`| Step | Messages | ${Object.values(programs).map(name => `${name} ${versionOf(name)}: once | twice | late`).join(' | ')} |`)
console.log(`| --- | --- |${' --- |'.repeat(6)}`)
const found = Object.keys(programs).flatMap(program => Object.entries(ways).map(([way, deliver]) => {
  const deliveries = deliver(messages)
  const states = statesOf(program, [deliveries.flat()])[0] ?? []
  let at = 0
  return { way, after: deliveries.map(delivery => states[(at += delivery.length) - 1] ?? []) }
}))
let seen = 0
for (const { name, messages, start } of steps) {
  seen += messages.length
  const told = messages.map(text => `${read(text).method} ${read(text).events[0]?.sequence}`).join(', ')
  const cells = found.map(({ way, after }) => {
    const state = after[seen - 1] ?? []
    const right = isRight(state, start)
    if (!right && way !== 'late') hasFailed = true
    return right ? 'right' : state.map(event => `${event.status} ${event.start}`).join(', ') || 'nothing'
  })
  console.log(`| ${name} | ${told} | ${cells.join(' | ')} |`)
}
console.log(`Seen on ${DateTime.now().toISODate()}.`)
process.exit(hasFailed ? 1 : 0)
