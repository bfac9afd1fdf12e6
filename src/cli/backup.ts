import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DateTime } from 'luxon'
import { forgottenList } from '../office/forgetting/forgotten-list.ts'
import { tallyInWords } from '../office/forgetting/in-words.ts'
import { forget } from '../office/forgetting/jobs.ts'
import { openTraces } from '../office/forgetting/traces.ts'
import { settleRestored } from '../office/restoring/commands.ts'
import type { Header, Summary } from '../platform/backup/archive.ts'
import { checkEncrypted, readEncrypted, writeEncrypted } from '../platform/backup/encrypted-file.ts'
import { keyFileOf, makeKeyPair, readIdentities } from '../platform/backup/keys.ts'
import { endRestore, restoreTables } from '../platform/backup/restore.ts'
import { archiveOf } from '../platform/backup/tables.ts'
import { instant, officeZone, systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import { connect } from '../platform/database/connect.ts'
import { listMigrations, migrate } from '../platform/database/migrate.ts'
import { timeouts } from '../platform/database/pool.ts'
import { serviceRoleOf } from '../platform/database/service-role.ts'
import { CommandError } from '../platform/errors.ts'
import { queueOf } from '../platform/outbox.ts'
import { keysOf, sealFor } from '../platform/seal.ts'
import { findSecretKey, secretKeyOf } from '../platform/secret-key.ts'
import { subscriptions } from '../worker.ts'
import { flag, text, WrongUse } from './command.ts'
import type { Command } from './command.ts'
import { onServer, withOutbox } from './on-database.ts'
import { log, print } from './terminal.ts'

/** Nobody waits for a restored database, and everything in it may have to be looked at. */
const unhurried = { ...timeouts, transactionMs: 3_600_000, statementMs: 3_600_000, answerMs: 3_600_000 }

/** `backup …` and `restore`: everything, in one file that only the holder of a private key reads. */
export const backupCommands: Record<string, Command> = {
  backup: {
    operands: [],
    options: { output: text, recipient: text },
    run: async (given, config) => {
      const { output, recipient } = given as { output?: string, recipient?: string }
      const recipients = recipient === undefined ? config.backupRecipients : [recipient]
      if (output === undefined) throw new WrongUse('placekeeper backup needs --output: the folder for the backup, or its file.')
      if (recipients.length === 0) {
        throw new CommandError('A backup is encrypted to a public key: set BACKUP_RECIPIENT, or give one with --recipient.')
      }
      const file = await fileFor(output)
      await onServer(config, async ({ ownerUrl }) => {
        const archive = archiveOf(ownerUrl, { secretKey: fingerprintOf(keysOf(await secretKeyOf(config))[0]) })
        const { bytes, ...summary } = await writeEncrypted(file, recipients, archive)
        print(`Wrote ${file}, ${(bytes / 1_000_000).toFixed(1)} MB, and read it back: ${inWords(summary)}.`)
      })
    }
  },
  'backup key': {
    operands: [],
    options: { output: text },
    run: async given => {
      const pair = await makeKeyPair()
      if (given.output === undefined) return print(keyFileOf(pair).trimEnd())
      await writeFile(String(given.output), keyFileOf(pair), { mode: 0o600, flag: 'wx' })
      print(`BACKUP_RECIPIENT=${pair.recipient}`)
    }
  },
  'backup check': {
    operands: ['file'],
    options: { identity: text },
    run: async given => {
      const { file, identities } = await readKeys('backup check', given)
      const summary = await checkEncrypted(file, identities)
      print(`${file} is whole: ${inWords(summary)}.`)
    }
  },
  restore: {
    operands: ['file'],
    options: { identity: text, 'ran-until': text, forgotten: text, 'with-another-secret-key': flag },
    run: async (given, config) => {
      const { file, identities } = await readKeys('restore', given)
      const ranUntil = momentOf(given['ran-until'] as string | undefined)
      const newer = given.forgotten === undefined ? [] : await readForgotten(String(given.forgotten))
      // All of it is read before anything is changed.
      const summary = await checkEncrypted(file, identities, async header => {
        await assertKnown(header)
        if (given['with-another-secret-key'] !== true) await assertSecretKey(header, config)
      })
      await onServer(config, async ({ url, ownerUrl }) => {
        await restoreTables(ownerUrl, {
          migrations: summary.header.migrations,
          read: async contents => { await readEncrypted(file, identities, contents) },
          log
        })
        const forgotten = await settle(config, ownerUrl, { summary, ranUntil, newer })
        await migrate(ownerUrl, { isRestoring: true, log, serviceRole: serviceRoleOf(url, ownerUrl) })
        await endRestore(ownerUrl)
        print(`Restored ${inWords(summary)}.`)
        forgotten.forEach(print)
      })
    }
  }
}

/** What is to be done before the service may start: to write to nobody twice, and to forget people again. */
async function settle (
  config: Config, url: string,
  { summary: { header }, ranUntil, newer }: { summary: Summary, ranUntil: DateTime<true>, newer: string[] }
): Promise<string[]> {
  const db = connect(url, { connections: 2, timeouts: unhurried })
  try {
    const now = systemClock()
    await withOutbox(url, async (_, boss) => {
      await settleRestored(db, boss, {
        madeAt: instant(new Date(header.madeAt)),
        ranUntil,
        queues: subscriptions.map(queueOf),
        host: new URL(config.publicUrl).hostname
      }, now)
    })
    const traces = openTraces(config.dataDir, { warn: (_, sentence) => { log.warn(sentence) } })
    const known = new Set(await traces.list.read())
    await traces.list.add(newer.filter(id => !known.has(id)))
    return tallyInWords(await forget(db, traces, now))
  } finally {
    await db.$disconnect()
  }
}

async function readKeys (
  name: string, { file, identity }: Record<string, unknown>
): Promise<{ file: string, identities: string[] }> {
  if (identity === undefined) throw new WrongUse(`placekeeper ${name} needs --identity: the file with the private key.`)
  return { file: String(file), identities: await readIdentities(String(identity)) }
}

/** A new name in a folder, by the time; or the file itself. */
async function fileFor (output: string): Promise<string> {
  const isFolder = await stat(output).then(found => found.isDirectory(), () => false)
  return isFolder ? join(output, `placekeeper-${systemClock().toFormat("yyyyLLdd'T'HHmmss'Z'")}.sql.zst.age`) : output
}

async function readForgotten (file: string): Promise<string[]> {
  const ids = await forgottenList(file).read()
  if (ids.length === 0) throw new CommandError(`${file} is not a list of what was forgotten.`)
  return ids
}

async function assertKnown ({ migrations }: Header): Promise<void> {
  const known = await listMigrations()
  const unknown = migrations.find(name => !known.includes(name))
  if (unknown !== undefined) {
    throw new CommandError(`This backup was made by a newer version, with the migration ${unknown}: restore it with that one.`)
  }
}

async function assertSecretKey ({ secretKey }: Header, config: Config): Promise<void> {
  const ours = [await findSecretKey(config), config.secretKeyBefore].filter(key => key !== undefined)
  if (ours.some(key => fingerprintOf(key) === secretKey)) return
  throw new CommandError('Neither SECRET_KEY nor SECRET_KEY_BEFORE is the one that the service had, and the backup does not hold it: set that one, or put its file ' +
    'secret-key into DATA_DIR. If it is lost, see “Deploy it” in the README, and restore --with-another-secret-key.')
}

/** Tells two keys apart, and nothing about either. */
function fingerprintOf (secretKey: string): string {
  return sealFor('backup', secretKey).mark('SECRET_KEY')
}

/** Without a zone, as the office reads it. */
function momentOf (given: string | undefined): DateTime<true> {
  const now = systemClock()
  if (given === undefined) return now
  const moment = DateTime.fromISO(given, { zone: officeZone }).toUTC()
  if (!moment.isValid || moment > now) throw new WrongUse('--ran-until must be a moment that has passed, such as 2026-12-01T18:00.')
  return moment
}

function inWords ({ header: { madeAt }, rows }: Summary): string {
  const counts = Object.values(rows)
  const total = counts.reduce((sum, count) => sum + count, 0).toLocaleString('en-GB')
  return `${total} rows of ${counts.length} tables as of ${madeAt}`
}
