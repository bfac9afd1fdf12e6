import { readFile, stat, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { ParseArgsOptionsConfig } from 'node:util'
import type { DateTime } from 'luxon'
import type { z } from 'zod'
import { countRecipients } from './booking/bookings/recipients.ts'
import { assertNothingPutBack, importProgramme } from './programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from './programme/programme-file/csv-file.ts'
import { editionOf } from './programme/programme-file/edition.ts'
import { inWords } from './programme/programme-file/plan.ts'
import type { Change } from './programme/programme-file/plan.ts'
import { listProgramme } from './programme/programme-file/queries.ts'
import { rowOf } from './programme/programme-file/row.ts'
import { noticed } from './programme/activities/noticed.ts'
import { addAgency, addCampaign } from './programme/campaigns/commands.ts'
import { CampaignNotFound } from './programme/campaigns/errors.ts'
import { newAgency, newCampaign } from './programme/campaigns/schema.ts'
import { systemClock } from './platform/clock.ts'
import { ConfigError, loadConfig } from './platform/config.ts'
import type { Config } from './platform/config.ts'
import { byteOrderMark } from './platform/csv.ts'
import { connect } from './platform/database/connect.ts'
import type { Db } from './platform/database/connect.ts'
import { startEmbedded } from './platform/database/embedded.ts'
import { migrate } from './platform/database/migrate.ts'
import { CommandError, DomainError } from './platform/errors.ts'
import { dueInWords, tallyInWords } from './office/forgetting/in-words.ts'
import { forget } from './office/forgetting/jobs.ts'
import { countDue } from './office/forgetting/queries.ts'
import { openTraces } from './office/forgetting/traces.ts'
import { keptEmailsOf } from './mail/emails/read-kept-email.ts'
import { addStaffMember, disableMember, enableMember } from './office/staff-accounts/commands.ts'
import { getMemberId } from './office/staff-accounts/queries.ts'
import { newStaffMember, staffEmail } from './office/staff-accounts/schema.ts'
import { openOutbox } from './platform/outbox.ts'
import type { Outbox } from './platform/outbox.ts'
import { effectsInWords, toldOf } from './office/editor/effects.ts'
import { openQueue } from './platform/queue.ts'
import { eraseEverything, seeEverything } from './office/rights/commands.ts'
import { hoursToTell } from './office/rights/erasing.ts'
import { NothingHeld } from './office/rights/errors.ts'
import { readKeptTexts } from './office/rights/kept-texts.ts'
import { everythingAsFile } from './office/rights/page.ts'
import { isNothing } from './office/rights/queries.ts'
import { personAddress } from './office/rights/schema.ts'
import { secretKeyOf } from './platform/secret-key.ts'
import { forgetFactor } from './identity/second-factor/commands.ts'
import { createSignInLink } from './identity/sign-in/commands.ts'
import { toCallInWords } from './identity/staff/confirmation.ts'
import { joinLinkSeal } from './programme/teams/seal.ts'
import { subscriptions } from './worker.ts'

const usage = `Usage: npm run placekeeper -- COMMAND

  migrate                                   brings the database up to date
  staff add EMAIL --name NAME --role ROLE   adds a member of staff: admin, organiser, staff or host
            [--agency SLUG]                 who works for a partner agency
  staff link EMAIL                          prints a link that signs them in once, within an hour
  staff disable EMAIL                       signs them out everywhere; they cannot sign in any more
  staff enable EMAIL                        lets them sign in again, and emails them how
  staff forget-factor EMAIL                 takes away the authenticator that they have lost, and
                                            signs them out everywhere
  agency add SLUG --name NAME               adds a partner agency
  campaign add SLUG --title TITLE           adds a campaign
            [--kind programme|week-of-action] [--first-day 2026-12-01] [--last-day 2026-12-31]
            [--districts "A;B"] [--partnership NAME] [--summary TEXT]
  programme import FILE.csv [--dry-run]     makes activities as the file says, all or none, and says what
            [--overwrite]                   becomes of each cell; an empty join_url leaves the link of an
                                            activity as it is. What someone changed after the file was
                                            exported is put back with --overwrite only
  person show ADDRESS                       prints everything that is held about an address, as JSON
  person erase ADDRESS                      cancels what it has booked, tells its holder, and deletes
                                            everything once they were told
  programme export [--campaign SLUG]        prints activities as such a file; with --output FILE it is
            [--output FILE]                 written for Excel; join links, which let anyone in, are
            [--with-join-links]             left out unless asked for
  forget [--dry-run]                        deletes the details of people whose day has come, as each
                                            night does, and says how many; with --dry-run only says
`

/** Larger than any programme that people type. */
const maxBytes = 10_000_000

/** The command line makes no sense; the usage text says what is possible. */
class WrongUse extends Error {}

interface Command {
  /** The arguments after the command's name, in order; all are required. */
  operands: string[]
  options: ParseArgsOptionsConfig
  run: (given: Given, config: Config) => Promise<void>
}

type Given = Record<string, string | boolean | undefined>

/** What a command prints unasked. */
const log = { info () {}, warn: complain, error: complain }

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

const commands: Record<string, Command> = {
  migrate: {
    operands: [],
    options: {},
    run: async (_, config) => {
      await onServer(config, async url => {
        const applied = await migrate(url, { log })
        print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
      })
    }
  },
  'staff add': {
    operands: ['email'],
    options: { name: text, role: text, agency: text },
    run: async (given, config) => {
      const member = read(newStaffMember, given)
      await onDatabase(config, async db => { await addStaffMember(db, member, systemClock()) })
      print(`Added ${member.email} as ${member.role}. Let them in with: placekeeper staff link ${member.email}`)
    }
  },
  'staff link': {
    operands: ['email'],
    options: {},
    run: async (given, config) => {
      const email = read(staffEmail, given.email, 'email')
      const { publicUrl } = config
      await onDatabase(config, async db => { print(await createSignInLink(db, { email, publicUrl }, systemClock())) })
    }
  },
  'staff forget-factor': {
    operands: ['email'],
    options: {},
    run: async (given, config) => {
      const email = read(staffEmail, given.email, 'email')
      await onDatabase(config, async (db, url) => {
        await withOutbox(url, async outbox => { await forgetFactor(db, outbox, email, systemClock()) })
      })
      print(`${email} signs in without an authenticator from now on, and is signed out everywhere.`)
    }
  },
  'staff disable': {
    operands: ['email'],
    options: {},
    run: async (given, config) => {
      const email = read(staffEmail, given.email, 'email')
      await onDatabase(config, async db => {
        await disableMember(db, await getMemberId(db, email), undefined, systemClock())
      })
      print(`${email} is signed out everywhere and cannot sign in. Undo it with: placekeeper staff enable ${email}`)
    }
  },
  'staff enable': {
    operands: ['email'],
    options: {},
    run: async (given, config) => {
      const email = read(staffEmail, given.email, 'email')
      await onDatabase(config, async (db, url) => {
        const id = await getMemberId(db, email)
        await withOutbox(url, async outbox => { await enableMember(db, outbox, id, undefined, systemClock()) })
      })
      print(`${email} can sign in. Let them in with: placekeeper staff link ${email}`)
    }
  },
  'agency add': {
    operands: ['slug'],
    options: { name: text },
    run: async (given, config) => {
      const agency = read(newAgency, given)
      await onDatabase(config, async db => { await addAgency(db, agency, systemClock()) })
      print(`Added the agency ${agency.slug}.`)
    }
  },
  'campaign add': {
    operands: ['slug'],
    options: {
      title: text, kind: text, 'first-day': text, 'last-day': text, districts: text, partnership: text, summary: text
    },
    run: async (given, config) => {
      const campaign = read(newCampaign, given)
      await onDatabase(config, async db => { await addCampaign(db, campaign, systemClock()) })
      print(`Added the campaign ${campaign.slug}.`)
    }
  },
  'person show': {
    operands: ['address'],
    options: {},
    run: async (given, config) => {
      const address = read(personAddress, given.address, 'address')
      await onDatabase(config, async db => {
        const seen = { staffMemberId: undefined, action: 'person.shown' } as const
        const everything = await seeEverything(db, address, seen, systemClock())
        if (isNothing(everything)) throw new NothingHeld()
        const texts = await readKeptTexts(everything, keptEmailsOf(config))
        print(JSON.stringify(everythingAsFile(everything, texts, true), null, 2))
      })
    }
  },
  'person erase': {
    operands: ['address'],
    options: {},
    run: async (given, config) => {
      const address = read(personAddress, given.address, 'address')
      await onDatabase(config, async (db, url) => {
        const is = await withOutbox(url, async outbox =>
          await eraseEverything(db, outbox, { address, confirmed: undefined }, undefined, systemClock()))
        if (is === 'nothing-held') throw new NothingHeld()
        print(is === 'asked'
          ? `What they had booked is cancelled. Everything is deleted once they were told, within ${hoursToTell} hours.`
          : 'This had been asked for already. Everything is deleted once they were told.')
      })
    }
  },
  'programme import': {
    operands: ['file'],
    options: { 'dry-run': flag, overwrite: flag },
    run: async (given, config) => {
      const records = readProgrammeFile(await bytesOf(String(given.file)))
      const seal = joinLinkSeal(await secretKeyOf(config))
      const [dryRun, overwrite] = [given['dry-run'] === true, given.overwrite === true]
      await onDatabase(config, async (db, url) => {
        const now = systemClock()
        const changes = await withOutbox(url, async outbox =>
          await importProgramme(db, outbox, seal, records, { dryRun, overwrite }, now))
        for (const change of changes) {
          const { outcome, draft, notes, cells } = change
          print(`${outcome} ${draft.slug}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`)
          for (const cell of cells) print(`  ${cell.column}: ${inWords(cell)}`)
          for (const effect of await effectsOf(db, change, now)) print(`  ${effect}`)
        }
        if (dryRun && !overwrite) assertNothingPutBack(changes)
      })
    }
  },
  'programme export': {
    operands: [],
    options: { campaign: text, output: text, 'with-join-links': flag },
    run: async (given, config) => {
      const { campaign, output } = given as { campaign?: string, output?: string }
      const seal = joinLinkSeal(await secretKeyOf(config))
      await onDatabase(config, async db => {
        if (campaign !== undefined && await db.campaign.count({ where: { slug: campaign } }) === 0) {
          throw new CampaignNotFound()
        }
        const rows = (await listProgramme(db, seal, campaign)).map(rowOf)
        const csv = programmeFileOf(rows.map(row => ({
          ...row, edition: editionOf(row), join_url: given['with-join-links'] === true ? row.join_url : ''
        })))
        if (output === undefined) process.stdout.write(csv)
        else await writeFile(output, byteOrderMark + csv)
      })
    }
  },
  forget: {
    operands: [],
    options: { 'dry-run': flag },
    run: async (given, config) => {
      const traces = openTraces(config.dataDir, { warn: (_, sentence) => { process.stderr.write(`${sentence}\n`) } })
      await onDatabase(config, async db => {
        const now = systemClock()
        const lines = given['dry-run'] === true
          ? dueInWords(await countDue(db, now))
          : tallyInWords(await forget(db, traces, now))
        lines.forEach(print)
      })
    }
  }
}

// The reader may have seen enough: `… programme export | head`.
process.stdout.on('error', () => { process.exit() })

try {
  await execute(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exitCode = error instanceof WrongUse ? 2 : 1
}

async function execute (words: string[]): Promise<void> {
  if (words.length === 0) throw new WrongUse(usage)
  if (words.includes('--help') || words.includes('-h')) return print(usage)
  const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find(name => Object.hasOwn(commands, name))
  const command = commands[name ?? '']
  if (name === undefined || command === undefined) {
    throw new WrongUse(`There is no command ${words.slice(0, 2).join(' ')}. Try: placekeeper --help`)
  }
  await command.run(givenTo(name, command, words.slice(name.split(' ').length)), loadConfig(process.env))
}

function givenTo (name: string, { operands, options }: Command, words: string[]): Given {
  const { values, positionals, tokens } = parse(name, words, options)
  const operand = operands[positionals.length]
  if (operand !== undefined) throw new WrongUse(`placekeeper ${name} needs ${operand.toUpperCase()}. Try: placekeeper --help`)
  const extra = positionals[operands.length]
  if (extra !== undefined) throw new WrongUse(`placekeeper ${name} does not know what to do with ${extra}. Try: placekeeper --help`)
  const names = tokens.flatMap(token => token.kind === 'option' ? token.name : [])
  const repeated = names.find((option, n) => names.indexOf(option) !== n)
  if (repeated !== undefined) throw new WrongUse(`--${repeated} is given more than once.`)
  return { ...values, ...Object.fromEntries(operands.map((operand, n) => [operand, positionals[n]])) }
}

function parse (name: string, args: string[], options: ParseArgsOptionsConfig) {
  try {
    const { values, positionals, tokens } = parseArgs({ args, options, allowPositionals: true, tokens: true })
    return { values: values as Given, positionals, tokens }
  } catch (error) {
    const [sentence] = (error as Error).message.split(/\. |\n/)
    throw new WrongUse(`placekeeper ${name}: ${sentence}. Try: placekeeper --help`)
  }
}

/** Returns the checked input; throws with a sentence about each thing that is wrong with it. */
function read <Schema extends z.ZodType> (schema: Schema, given: unknown, name?: string): z.output<Schema> {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const sentences = result.error.issues.map(({ path: [key = name], message, code }) =>
    `${String(key)} ${code === 'invalid_type' ? 'must be given' : message}.`)
  throw new WrongUse([...new Set(sentences)].join(' '))
}

/** Sentences that say who is affected by a row of a programme; none if people would not notice. */
async function effectsOf (db: Db, { current, draft }: Change, now: DateTime<true>): Promise<string[]> {
  if (current === undefined || !noticed(current, draft).byWhoHasAPlace) return []
  const told = toldOf(current, draft, await countRecipients(db, current), now)
  return [...effectsInWords(told), ...toCallInWords(told.toCall)]
}

async function bytesOf (file: string): Promise<Uint8Array> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(error.code === 'ENOENT'
      ? `There is no file ${file}.`
      : `The file ${file} cannot be read: ${error.message}.`)
  })
  if (!found.isFile()) throw new CommandError(`${file} is not a file.`)
  if (found.size > maxBytes) throw new CommandError(`The file ${file} is larger than ${maxBytes / 1_000_000} MB.`)
  return await readFile(file)
}

/** Runs on the server of DATABASE_URL, or on the embedded one, which is left as it was found, running or not. */
async function onServer (config: Config, run: (url: string) => Promise<void>): Promise<void> {
  if (config.databaseUrl !== undefined) return await run(config.databaseUrl)
  const postgres = await startEmbedded({ dataDir: config.dataDir, log })
  try {
    await run(postgres.url)
  } finally {
    await postgres.stop()
  }
}

async function onDatabase (config: Config, run: (db: Db, url: string) => Promise<void>): Promise<void> {
  await onServer(config, async url => {
    const db = connect(url, { connections: 2 })
    try {
      await run(db, url)
    } finally {
      await db.$disconnect()
    }
  })
}

/** For commands that announce facts, on which the service's worker acts. */
async function withOutbox<T> (url: string, run: (outbox: Outbox) => Promise<T>): Promise<T> {
  const boss = openQueue(url, { connections: 1, works: false })
  boss.on('error', () => {}) // Failures that matter reject.
  await boss.start()
  try {
    return await run(await openOutbox(boss, subscriptions))
  } finally {
    await boss.stop({ graceful: false })
  }
}

function complain (line: string): void {
  process.stderr.write(`${line}\n`)
}

function print (line: string): void {
  process.stdout.write(`${line}\n`)
}

/** The sentence for the person at the terminal: never a stack. */
function sentenceOf (error: unknown): string {
  if (error instanceof CommandError || error instanceof DomainError || error instanceof ConfigError ||
    error instanceof WrongUse) return error.message
  const { code, message } = error as NodeJS.ErrnoException
  // A table, a column or the queue's schema is missing: Prisma's codes, or PostgreSQL's within a raw query.
  if (/^P202[12]$/.test(code ?? '') || /\b(42P01|42703|3F000|pg-boss is not installed)\b/.test(`${code} ${message}`)) {
    return 'The database has not been brought up to date. Run: npm run migrate'
  }
  const [line] = message.split('\n').map(line => line.trim()).filter(line => line !== '').slice(-1)
  return `It did not work: ${(line ?? code ?? 'the reason is not known').replace(/\.$/, '')}.`
}
