import { asJson } from '../office/invariants/as-json.ts'
import { brokenIn, checkInvariants } from '../office/invariants/check.ts'
import { systemClock } from '../platform/clock.ts'
import { CommandError } from '../platform/errors.ts'
import { secretKeyOf } from '../platform/secret-key.ts'
import { print } from './command.ts'
import type { Command } from './command.ts'
import { onDatabase } from './on-database.ts'

/** `audit`: whether the service is well. */
export const checkCommands: Record<string, Command> = {
  audit: {
    operands: [],
    options: {},
    run: async (_, config) => {
      const secretKeys = [await secretKeyOf(config)]
      await onDatabase(config, async db => {
        const checked = await checkInvariants(db, { now: systemClock(), secretKeys })
        const broken = brokenIn(checked)
        for (const { promise, count, ids } of broken) print(`This does not hold: ${promise} Broken by ${count}: ${ids.join(', ')}`)
        print(JSON.stringify(asJson(checked)))
        if (broken.length > 0) throw new CommandError(`${broken.length} of ${checked.findings.length} promises are broken.`)
      })
    }
  }
}
