import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Post } from '../../identity/sign-in/jobs.ts'
import { sendAlone } from './alone.ts'
import type { LetterRoom } from './jobs.ts'

/**
 * Sends what is written to members of staff about their own sign-in. Refused for good is the end of it; `log` says
 * so, and nobody else: a page that did would tell who works here.
 */
export function postToStaff (room: LetterRoom, log: Pick<Logger, 'warn'>): Post {
  return async ({ to, template, model }) => {
    const end = await sendAlone(room, { letterId: randomUUID(), to, template, model })
    if (end === 'sent') return
    log.warn({ err: end, letter: template }, 'The mail server refused an email to a member of staff for good.')
  }
}
