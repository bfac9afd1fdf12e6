import type { Logger } from 'pino'
import type { Post } from '../../identity/sign-in/jobs.ts'
import { namedId } from '../../platform/named-id.ts'
import { sendStandalone } from './standalone.ts'
import type { EmailContext } from './email-context.ts'

/**
 * Sends emails to members of staff about their own sign-in. A refusal for good ends it, and is only reported to `log`:
 * a page that showed it would reveal who works here.
 */
export function postToStaff (context: EmailContext, log: Pick<Logger, 'warn'>): Post {
  return async ({ to, template, model, occasion }) => {
    const emailId = namedId(`${template} ${occasion}`)
    const end = await sendStandalone(context, { emailId, to, template, model })
    if (end === 'sent') return
    log.warn({ err: end, kind: template }, 'The mail server refused an email to a member of staff for good.')
  }
}
