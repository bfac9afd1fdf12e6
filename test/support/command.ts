import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { runCommand } from '../../src/cli/run-command.ts'
import { atTerminal } from '../../src/cli/terminal.ts'
import { forQuickStart } from './running-service.ts'
import { secretKey } from './world.ts'

export interface Ended {
  code: number
  out: string
  /** Its standard error. */
  said: string
}

const cli = join(import.meta.dirname, '../../src/cli.ts')

/** Runs a command in this process: starting one of its own takes longer than most commands. */
export async function placekeeper (environment: Record<string, string>, ...words: string[]): Promise<Ended> {
  const [out, said]: [string[], string[]] = [[], []]
  const code = await atTerminal(
    { out: text => { out.push(text) }, err: text => { said.push(text) } },
    async () => await runCommand(words, environmentOf(environment))
  )
  return { code, out: out.join(''), said: said.join('') }
}

/** Runs a command as people do, in a process of its own. */
export async function placekeeperAlone (environment: Record<string, string>, ...words: string[]): Promise<Ended> {
  return await new Promise(resolve => {
    execFile(process.execPath, [cli, ...words], { env: environmentOf(environment) }, (error, out, said) => {
      resolve({ code: Number(error?.code ?? 0), out, said })
    })
  })
}

function environmentOf (given: Record<string, string>) {
  return { ...forQuickStart, SECRET_KEY: secretKey, ...given }
}

export const programmeHeader = 'campaign,title,slug,kind,starts,ends,venue,join_url,district,audiences,visibility,' +
  'booking,capacity,places_per_booking,waiting_list,lead_agency,partner_agencies,summary,status'
