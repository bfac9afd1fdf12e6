import { Resolver } from 'node:dns/promises'
import { verifyMailServer } from '../mail/emails/smtp-mailer.ts'
import { checkDatabase } from '../office/doctor/database.ts'
import { good, within } from '../office/doctor/finding.ts'
import type { Finding } from '../office/doctor/finding.ts'
import { checkFolder } from '../office/doctor/folder.ts'
import { checkMailDns } from '../office/doctor/mail-dns.ts'
import { checkCertificate, checkGraph, checkOpenId } from '../office/doctor/reached.ts'
import { checkSettings } from '../office/doctor/settings.ts'
import { asJson } from '../office/invariants/as-json.ts'
import { brokenIn, checkInvariants } from '../office/invariants/check.ts'
import { systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import { listMigrations } from '../platform/database/migrate.ts'
import { CommandError } from '../platform/errors.ts'
import { secretKeyOf } from '../platform/secret-key.ts'
import { clamd } from '../platform/virus-scanner.ts'
import { allThatIsSealed } from '../sealed-tables.ts'
import { flag } from './command.ts'
import type { Command } from './command.ts'
import { onDatabase } from './on-database.ts'
import { print } from './terminal.ts'

/** `audit` and `doctor`: whether the data is as it must be, and what the service needs. */
export const checkCommands: Record<string, Command> = {
  audit: {
    operands: [],
    options: {},
    run: async (_, config) => {
      const sealed = allThatIsSealed(await secretKeyOf(config))
      await onDatabase(config, async db => {
        const checked = await checkInvariants(db, { now: systemClock(), sealed })
        const broken = brokenIn(checked)
        for (const { promise, count, ids } of broken) print(`This does not hold: ${promise} Broken by ${count}: ${ids.join(', ')}`)
        print(JSON.stringify(asJson(checked)))
        if (broken.length > 0) throw new CommandError(`${broken.length} of ${checked.findings.length} promises are broken.`)
      })
    }
  },
  doctor: {
    operands: [],
    options: { json: flag },
    run: async ({ json }, config) => {
      const findings = await examine(config)
      if (json === true) print(JSON.stringify(findings))
      else findings.forEach(({ is, sentence }) => { print(`${is}: ${sentence}`) })
      const toMend = findings.filter(({ is }) => is === 'mend').length
      if (toMend > 0) throw new CommandError(`${toMend} of ${findings.length} need mending.`)
    }
  }
}

/** Asks everything at once: each has its own time limit. */
async function examine (config: Config): Promise<Finding[]> {
  const domain = config.mailFrom.address.split('@').at(-1) ?? ''
  const resolver = new Resolver({ timeout: 2000, tries: 2 })
  const { smtpUrl, openId, graph, scannerAddress } = config
  const found = await Promise.all([
    checkSettings(config),
    within('database', async () => {
      const found: Finding[] = []
      const migrations = await listMigrations()
      await onDatabase(config, async db => { found.push(...await checkDatabase(db, systemClock, migrations)) })
      return found
    }),
    within('folder', async () => await checkFolder(config.dataDir)),
    domain === 'localhost' ? [] : within('DNS', async () => await checkMailDns(resolver, domain, config.dkimSelector)),
    smtpUrl === undefined
      ? []
      : within('mail server', async () => {
        await verifyMailServer(smtpUrl)
        return [good('mail server', 'The mail server lets us in, encrypted unless it is on this machine.')]
      }),
    within('certificate', async () => await checkCertificate(config.publicUrl, systemClock())),
    openId === undefined ? [] : within('work accounts', async () => await checkOpenId(openId)),
    graph === undefined ? [] : within('Teams', async () => await checkGraph(graph)),
    scannerAddress === undefined
      ? []
      : within('virus scanner', async () => {
        await clamd(scannerAddress).verify()
        return [good('virus scanner', 'The virus scanner answers.')]
      })
  ])
  return found.flat()
}
