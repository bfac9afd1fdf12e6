import { parseArgs } from 'node:util'
import type { ParseArgsOptionsConfig } from 'node:util'
import { backupCommands } from './backup.ts'
import { checkCommands } from './checks.ts'
import { WrongUse } from './command.ts'
import type { Command, Given } from './command.ts'
import { onServer } from './on-database.ts'
import { keyCommands } from './keys.ts'
import { peopleCommands } from './people.ts'
import { programmeCommands } from './programme.ts'
import { staffCommands } from './staff.ts'
import { log, print } from './terminal.ts'
import { roles } from '../identity/staff/roles.ts'
import { ConfigError, loadConfig } from '../platform/config.ts'
import { migrate } from '../platform/database/migrate.ts'
import { serviceRoleOf } from '../platform/database/service-role.ts'
import { CommandError, DomainError } from '../platform/errors.ts'

const eitherOf = (words: readonly string[]) => new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(words)

const usage = `Usage: npm run placekeeper -- COMMAND

  migrate                                   brings the database up to date
  staff add EMAIL --name NAME --role ROLE   adds a member of staff: ${eitherOf(roles)}
            [--agency SLUG]                 who works for a partner agency
  staff link EMAIL                          prints a link that signs them in once, within an hour
  staff disable EMAIL                       signs them out everywhere; they cannot sign in any more
  staff enable EMAIL                        lets them sign in again, and emails them how
  staff forget-factor EMAIL                 takes away the authenticator that they have lost, and
                                            signs them out everywhere
  agency add SLUG --name NAME               adds a partner agency
  campaign add SLUG --title TITLE           adds a campaign
            [--kind programme|week-of-action] [--first-day 2026-12-01] [--last-day 2026-12-31]
            [--districts "A;B"] [--partnership NAME] [--summary TEXT] [--strapline TEXT] [--area TEXT]
            [--hashtags "A;B"] [--accounts "https://www.facebook.com/A;…"]
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
  keys                                      seals again with SECRET_KEY what is sealed with SECRET_KEY_BEFORE,
                                            says how much is left, and when that key may be taken away
  backup --output FOLDER|FILE               writes everything into one file, encrypted to BACKUP_RECIPIENT
         [--recipient AGE1…]                or to this public key, and reads it back
  backup key [--output FILE]                makes a key pair for backups: do it on another machine
  backup check FILE --identity KEYFILE      reads a backup with its private key, without a database
  restore FILE --identity KEYFILE           puts a backup into an empty database. No email goes out that the
          [--ran-until 2026-12-01T18:00]    lost service may have sent until it stopped: until now, or then.
          [--forgotten FILE]                Forgets again who is on the list in DATA_DIR, and on this one.
          [--with-another-secret-key]       Needs the SECRET_KEY of then, unless that is lost
  audit                                     checks that what must always hold of the data does, changes
                                            nothing, and prints what it found as JSON
  doctor [--json]                           says what is good and what to mend of settings, database, clocks,
                                            folder, disk, mail server and the DNS of the sender; sends nothing
`

const commands: Record<string, Command> = {
  migrate: {
    operands: [],
    options: {},
    run: async (_, config) => {
      await onServer(config, async ({ url, ownerUrl }) => {
        const applied = await migrate(ownerUrl, { log, serviceRole: serviceRoleOf(url, ownerUrl) })
        print(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
      })
    }
  },
  ...keyCommands,
  ...staffCommands,
  ...programmeCommands,
  ...peopleCommands,
  ...backupCommands,
  ...checkCommands
}

/**
 * Does what the words say, in the settings of this environment; returns the exit code of a process: 2 where the words
 * make no sense, 1 where it did not work. What it has to say goes to the terminal.
 */
export async function runCommand (words: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  try {
    await execute(words, environment)
    return 0
  } catch (error) {
    log.error(sentenceOf(error))
    return error instanceof WrongUse ? 2 : 1
  }
}

async function execute (words: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  if (words.length === 0) throw new WrongUse(usage)
  if (words.includes('--help') || words.includes('-h')) return print(usage)
  const name = [words.slice(0, 2).join(' '), words[0] ?? ''].find(name => Object.hasOwn(commands, name))
  const command = commands[name ?? '']
  if (name === undefined || command === undefined) {
    throw new WrongUse(`There is no command ${words.slice(0, 2).join(' ')}. Try: placekeeper --help`)
  }
  await command.run(givenTo(name, command, words.slice(name.split(' ').length)), loadConfig(environment))
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

/** The sentence for the person at the terminal: never a stack. */
function sentenceOf (error: unknown): string {
  if (error instanceof CommandError || error instanceof DomainError || error instanceof ConfigError ||
    error instanceof WrongUse) return error.message
  const { code, message } = error as NodeJS.ErrnoException
  // A table, a column, the queue's schema or the right to them is missing: by the codes of Prisma, or of PostgreSQL.
  if (/^P202[12]$/.test(code ?? '') || /\b(42P01|42703|3F000|42501|pg-boss is not installed)\b/.test(`${code} ${message}`)) {
    return 'The database has not been brought up to date. Run: npm run migrate'
  }
  const [line] = message.split('\n').map(line => line.trim()).filter(line => line !== '').slice(-1)
  return `It did not work: ${(line ?? code ?? 'the reason is not known').replace(/\.$/, '')}.`
}
