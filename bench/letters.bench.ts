import { execFile, fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { simpleParser } from 'mailparser'
import type { SendMailOptions } from 'nodemailer'
import { PgBoss } from 'pg-boss'
import { requestPlaces } from '../src/booking/bookings/request-places.ts'
import { systemClock } from '../src/platform/clock.ts'
import { maxConnections } from '../src/mail/emails/smtp-mailer.ts'
import { openOutbox } from '../src/platform/outbox.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'
import type { Taken, Tally } from './mail-server.ts'
import { aWorkshop, benchKey, median, openBench } from './service.ts'
import type { Bench } from './service.ts'

/** Places per activity, and the number of requests that the desk decides together. */
const capacity = 250

/** What people may leave out of the form. */
const nothingMore = {
  district: undefined,
  phone: undefined,
  accessNeeds: undefined,
  question: undefined,
  heardFrom: undefined,
  code: undefined
}

/** Of the bare loop's rate it reaches at least this share. */
const leastOfBare = 0.9

/** Between a fifth of the emails and all of them, the worker may grow by at most this share. */
const maxGrowth = 0.3

/**
 * Confirmations with invitations, from the queue to a mail server on this machine, beside a bare nodemailer loop over
 * as many connections that sends the same emails: it composes no text, reads no database and records nothing. Run once
 * composing them from nodemailer's options (`baseline`), once from ready bytes (`ready`), the most that these
 * connections can carry.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { emails, rounds } = numbersIn(args, { emails: 10_000, rounds: 3 })
  const bench = await openBench()
  const mailServer = await openMailServer()
  const workers: ChildProcess[] = []
  try {
    const found: Array<{ rate: number, composed: number, ready: number, growth: number, missing: number }> = []
    for (let round = 1; round <= rounds; round++) {
      await book(bench, emails)
      const { rate, growth, missing } = await fromTheQueue(bench, mailServer, emails, workers)
      const taken = await mailServer.ask<Taken[]>('emails')
      const composed = await bareLoop(mailServer, await Promise.all(taken.map(asComposed)))
      const ready = await bareLoop(mailServer, taken.map(({ from, to, raw }) => ({ envelope: { from, to }, raw })))
      found.push({ rate, composed, ready, growth, missing })
      process.stdout.write(`round ${round}: from the queue ${rate.toFixed(0)}/s, bare loop ${composed.toFixed(0)}/s, ` +
        `of ready bytes ${ready.toFixed(0)}/s; the worker grew by ${(growth * 100).toFixed(0)} %\n`)
    }
    const growth = median(found.map(({ growth }) => growth))
    const missing = found.reduce((sum, { missing }) => sum + missing, 0)
    const failure = missing !== 0
      ? `${missing} emails did not go out exactly once`
      : growth > maxGrowth ? `the worker grew by ${(growth * 100).toFixed(0)} %` : undefined
    return {
      name: 'letters',
      rate: Math.round(median(found.map(({ rate }) => rate))),
      baseline: Math.round(median(found.map(({ composed }) => composed))),
      ratio: Number(median(found.map(({ rate, composed }) => rate / composed)).toFixed(2)),
      target: leastOfBare,
      ready: Math.round(median(found.map(({ ready }) => ready))),
      ofReady: Number(median(found.map(({ rate, ready }) => rate / ready)).toFixed(2)),
      growth: Number(growth.toFixed(2)),
      ...(failure !== undefined && { failure })
    }
  } finally {
    for (const worker of workers) worker.kill('SIGKILL')
    await mailServer.close()
    await bench.close()
  }
}

/** Queues confirmations as the desk does: each in the transaction of its booking. */
async function book ({ db, databaseUrl }: Bench, emails: number): Promise<void> {
  const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false, migrate: false })
  await boss.start()
  try {
    const outbox = await openOutbox(boss, [])
    for (let booked = 0; booked < emails; booked += capacity) {
      const { id } = await aWorkshop(db, capacity)
      await requestPlaces(db, outbox, id, Array.from({ length: Math.min(capacity, emails - booked) }, () => {
        const email = `${randomUUID()}@example.org`
        return { ...nothingMore, submissionId: randomUUID(), name: 'Anne Kirkbride', email, role: 'parent', places: 1 }
      }), systemClock(), 'Workshops <workshops@localhost>')
    }
    await db.$executeRaw`VACUUM ANALYZE bookings, letters, pgboss.job`
  } finally {
    await boss.stop({ graceful: false })
  }
}

/** Returns the rate at which a worker sends the queue, how much it grew meanwhile, and how many emails are missing. */
async function fromTheQueue (
  { db, databaseUrl }: Bench, mailServer: MailServer, emails: number, workers: ChildProcess[]
): Promise<{ rate: number, growth: number, missing: number }> {
  await mailServer.ask('forget')
  const before = await db.email.count({ where: { status: 'sent' } })
  const worker = spawn(process.execPath, [join(import.meta.dirname, '../src/server.ts')], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      SECRET_KEY: benchKey,
      ROLE: 'worker',
      RATE_LIMITS: 'off',
      SMTP_URL: mailServer.url,
      LOG_LEVEL: 'error'
    },
    stdio: ['ignore', 'inherit', 'inherit']
  })
  workers.push(worker)
  const ended = once(worker, 'exit')
  const early = await until(mailServer, emails / 5)
  const small = await residentKb(worker)
  await until(mailServer, emails)
  const large = await residentKb(worker)
  const noted = async () => await db.email.count({ where: { status: 'sent' } }) - before
  for (let n = 0; n < 100 && await noted() < emails; n++) await sleep(50)
  const tally = await mailServer.ask<Tally>('tally')
  worker.kill('SIGTERM')
  await ended
  const missing = Math.abs(emails - tally.count) + Math.abs(emails - await noted())
  return { rate: rateOf(tally), growth: early < emails ? large / small - 1 : 0, missing }
}

/** Sends the same emails without the service. */
async function bareLoop (mailServer: MailServer, emails: SendMailOptions[]): Promise<number> {
  await mailServer.ask('forget')
  const sender = fork(join(import.meta.dirname, 'bare-sender.ts'), [mailServer.url, String(maxConnections)],
    { serialization: 'advanced' })
  const ended = once(sender, 'exit')
  await once(sender, 'message')
  sender.send(emails)
  await ended
  const tally = await mailServer.ask<Tally>('tally')
  if (tally.count !== emails.length) throw new Error(`Of ${emails.length} emails the bare loop sent ${tally.count}.`)
  return rateOf(tally)
}

/** Returns the nodemailer options from which such an email is composed. */
async function asComposed ({ from, to, raw }: Taken): Promise<SendMailOptions> {
  const mail = await simpleParser(raw, { skipTextToHtml: true })
  const calendar = mail.attachments[0]
  return {
    messageId: mail.messageId,
    date: mail.date,
    from: mail.from?.text,
    to,
    envelope: { from, to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html === false ? undefined : mail.html,
    alternatives: [{ contentType: 'text/calendar; charset=UTF-8; method=REQUEST', content: calendar?.content.toString() }],
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF, AutoReply' }
  }
}

interface MailServer {
  url: string
  ask: <T>(what: 'tally' | 'emails' | 'forget') => Promise<T>
  close: () => Promise<void>
}

async function openMailServer (): Promise<MailServer> {
  const child = fork(join(import.meta.dirname, 'mail-server.ts'), { serialization: 'advanced' })
  const ended = once(child, 'exit')
  const [port] = await once(child, 'message') as [number]
  return {
    url: `smtp://127.0.0.1:${port}`,
    async ask<T> (what: string) {
      child.send(what)
      const [answer] = await once(child, 'message') as [T]
      return answer
    },
    async close () {
      child.disconnect()
      await ended
    }
  }
}

/** Waits for so many emails; returns how many have arrived by then. */
async function until (mailServer: MailServer, count: number): Promise<number> {
  for (let last = { count: -1, at: performance.now() }; ;) {
    const { count: taken } = await mailServer.ask<Tally>('tally')
    if (taken >= count) return taken
    if (taken > last.count) last = { count: taken, at: performance.now() }
    if (performance.now() - last.at > 60_000) throw new Error(`No email came for a minute, after ${taken} of them.`)
    await sleep(20)
  }
}

/** Emails per second, without the first tenth. */
function rateOf ({ count, warmAt, lastAt }: Tally): number {
  return (count - Math.floor(count / 10) - 1) / (lastAt - warmAt) * 1000
}

async function residentKb ({ pid }: ChildProcess): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout)
}
