import { readFile, stat, writeFile } from 'node:fs/promises'
import { assertNothingPutBack, importProgramme } from '../programme/programme-file/commands.ts'
import { programmeFileOf, readProgrammeFile } from '../programme/programme-file/csv-file.ts'
import { inWords } from '../programme/programme-file/plan.ts'
import { listProgramme } from '../programme/programme-file/queries.ts'
import { exportedRowOf } from '../programme/programme-file/row.ts'
import { addAgency, addCampaign } from '../programme/campaigns/commands.ts'
import { CampaignNotFound } from '../programme/campaigns/errors.ts'
import { newAgency, newCampaign } from '../programme/campaigns/schema.ts'
import { systemClock } from '../platform/clock.ts'
import { byteOrderMark } from '../platform/csv.ts'
import { CommandError } from '../platform/errors.ts'
import { readReached, reachedInWords } from '../office/programme-import/effects.ts'
import { secretKeyOf } from '../platform/secret-key.ts'
import { joinLinkSeal } from '../programme/teams/seal.ts'
import { flag, read, text } from './command.ts'
import type { Command } from './command.ts'
import { onDatabase, withOutbox } from './on-database.ts'
import { print, write } from './terminal.ts'

/** Larger than any programme that people type. */
const maxBytes = 10_000_000

/** `agency …`, `campaign …` and `programme …`: what is offered, and by whom. */
export const programmeCommands: Record<string, Command> = {
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
      title: text,
      strapline: text,
      kind: text,
      'first-day': text,
      'last-day': text,
      area: text,
      districts: text,
      partnership: text,
      summary: text,
      hashtags: text,
      accounts: text
    },
    run: async (given, config) => {
      const campaign = read(newCampaign, given)
      await onDatabase(config, async db => { await addCampaign(db, campaign, systemClock()) })
      print(`Added the campaign ${campaign.slug}.`)
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
        const reached = await readReached(db, changes, now)
        for (const { outcome, draft, notes, cells } of changes) {
          print(`${outcome} ${draft.slug}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`)
          for (const cell of cells) print(`  ${cell.column}: ${inWords(cell)}`)
          for (const effect of reachedInWords(reached.get(draft.slug))) print(`  ${effect}`)
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
        const withJoinLink = given['with-join-links'] === true
        const activities = await listProgramme(db, seal, campaign)
        const csv = programmeFileOf(activities.map(activity => exportedRowOf(activity, { withJoinLink })))
        if (output === undefined) write(csv)
        else await writeFile(output, byteOrderMark + csv)
      })
    }
  }
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
