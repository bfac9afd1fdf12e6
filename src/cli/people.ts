import { systemClock } from '../platform/clock.ts'
import { dueInWords, tallyInWords } from '../office/forgetting/in-words.ts'
import { forget } from '../office/forgetting/jobs.ts'
import { countDue } from '../office/forgetting/queries.ts'
import { openTraces } from '../office/forgetting/traces.ts'
import { keptEmailsOf } from '../mail/emails/read-kept-email.ts'
import { eraseEverything, seeEverything } from '../office/rights/commands.ts'
import { hoursToTell } from '../office/rights/erasing.ts'
import { NothingHeld } from '../office/rights/errors.ts'
import { readKeptTexts } from '../office/rights/kept-texts.ts'
import { everythingAsFile } from '../office/rights/everything-as-file.ts'
import { isNothing } from '../office/rights/queries.ts'
import { personAddress } from '../office/rights/schema.ts'
import { flag, read } from './command.ts'
import type { Command } from './command.ts'
import { onDatabase, withOutbox } from './on-database.ts'
import { log, print } from './terminal.ts'

/** `person …` and `forget`: what is held about people, and when it goes. */
export const peopleCommands: Record<string, Command> = {
  'person show': {
    operands: ['address'],
    options: {},
    run: async (given, config) => {
      const address = read(personAddress, given.address, 'address')
      await onDatabase(config, async db => {
        const seen = { staffMemberId: undefined, action: 'person.shown' } as const
        const everything = await seeEverything(db, { email: address }, seen, systemClock())
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
  forget: {
    operands: [],
    options: { 'dry-run': flag },
    run: async (given, config) => {
      const traces = openTraces(config.dataDir, { warn: (_, sentence) => { log.warn(sentence) } })
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
