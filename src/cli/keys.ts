import { dateInWords } from '../programme/campaigns/erasure.ts'
import { calendarDay } from '../platform/clock.ts'
import type { Db } from '../platform/database/connect.ts'
import { keyIdOf, keysOf } from '../platform/seal.ts'
import type { SecretKey } from '../platform/seal.ts'
import { secretKeyOf } from '../platform/secret-key.ts'
import { sealEverything } from '../sealed-tables.ts'
import type { SealedTally } from '../sealed-tables.ts'
import type { Command } from './command.ts'
import { onDatabase } from './on-database.ts'
import { print } from './terminal.ts'

/** `keys`: changing SECRET_KEY. */
export const keyCommands: Record<string, Command> = {
  keys: {
    operands: [],
    options: {},
    run: async (_, config) => {
      const secretKey = await secretKeyOf(config)
      await onDatabase(config, async db => {
        keysInWords(secretKey).forEach(print)
        const tallies = await sealEverything(db, secretKey, tally => { print(inWords(tally)) })
        const left = tallies.reduce((sum, { left }) => sum + left, 0)
        print(left > 0
          ? 'Something is left: run this again. Keep SECRET_KEY_BEFORE until nothing is.'
          : 'Everything in the database is sealed with SECRET_KEY.')
        if (left === 0 && config.secretKeyBefore !== undefined) print(await whenToTakeAway(db))
      })
    }
  }
}

function keysInWords (secretKey: SecretKey): string[] {
  const [current, before] = keysOf(secretKey)
  return [
    `SECRET_KEY has the mark ${keyIdOf(current)}.`,
    ...before === undefined ? [] : [`SECRET_KEY_BEFORE has the mark ${keyIdOf(before)}.`]
  ]
}

function inWords ({ table, sealed, left, unopened }: SealedTally): string {
  return `${table}: ${sealed} sealed, ${left} left` + (unopened === 0
    ? '.'
    : `. ${unopened} of these do not open: they were sealed with another key, or changed by someone.`)
}

/** Links in emails are signed with the key of their day, and lead somewhere until their booking is erased. */
async function whenToTakeAway (db: Db): Promise<string> {
  const { _max: { eraseOn } } = await db.booking.aggregate({ _max: { eraseOn: true } })
  return eraseOn === null
    ? 'There is no booking, so no link in an email needs SECRET_KEY_BEFORE any more.'
    : `Links in emails sent before today need SECRET_KEY_BEFORE until ${dateInWords(calendarDay(eraseOn))}. Then take it away.`
}
