import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { forQuickStart } from './running-service.ts'
import { secretKey } from './world.ts'

export interface Ended {
  code: number
  out: string
  /** Its standard error. */
  said: string
}

const cli = join(import.meta.dirname, '../../src/cli.ts')

/** Runs a command as people do, in a process of its own. */
export async function placekeeper (environment: Record<string, string>, ...words: string[]): Promise<Ended> {
  const env = { ...forQuickStart, SECRET_KEY: secretKey, ...environment }
  return await new Promise(resolve => {
    execFile(process.execPath, [cli, ...words], { env }, (error, out, said) => {
      resolve({ code: Number(error?.code ?? 0), out, said })
    })
  })
}

export const programmeHeader = 'campaign,title,slug,kind,starts,ends,venue,join_url,district,audiences,visibility,' +
  'booking,capacity,places_per_booking,waiting_list,lead_agency,partner_agencies,summary,status'
