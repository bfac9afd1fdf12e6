import { z } from 'zod'
import { confirmed } from '../../identity/staff/schema.ts'
import { isDay } from '../../platform/clock.ts'
import { answer, answerAsDay, answerInLine, submission, unknownField } from '../../platform/http/form-answers.ts'
import { isId } from '../../platform/http/url-params.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { pressContact, pressPhone, teamMailbox } from '../../programme/campaigns/schema.ts'
import { everyoneReads } from '../../programme/support/public-text.ts'
import type { NewSuccession } from './commands.ts'
import { ofAgency, ofPartnership } from './succession.ts'
import type { Predecessor, SuccessorPress } from './succession.ts'

export const successionFields = [
  'from', 'district', 'successor', 'day', 'replyTo', 'pressContact', 'pressEmail', 'pressPhone'
] as const
export const replyFields = ['partnership', 'address'] as const

const chosen = 'Select what changes from the list'
const wrongDay = 'Enter a day after today, like 2027-04-01'

/** How a form says what passes: `agency:` with an id, `partnership:` with a name. */
export function valueOf ({ partnership, agencyId }: Predecessor): string {
  return agencyId === undefined ? `partnership:${partnership}` : `agency:${agencyId}`
}

function predecessorIn (value: string): Predecessor | undefined {
  const [, kind, which = ''] = /^(agency|partnership):(.+)$/s.exec(value) ?? []
  if (kind === 'partnership') return ofPartnership(which)
  return kind === 'agency' && isId(which) ? ofAgency(which) : undefined
}

/** A change of who runs or leads what; `today` is the office's, `districts` those that there are. */
export function successionForm (today: string, districts: readonly string[]) {
  return z.strictObject({
    from: answer('What changes', chosen).transform((value, context) => {
      const found = predecessorIn(value)
      if (found === undefined) context.addIssue({ code: 'custom', message: chosen })
      return found ?? z.NEVER
    }),
    district: answer('Where').refine(
      district => district === '' || districts.includes(district), 'Select a district from the list'),
    successor: answerInLine('The new name', 'Enter the new name', 200).superRefine(everyoneReads()),
    day: answerAsDay('The day', wrongDay).refine(day => isDay(day) && day > today, wrongDay),
    replyTo: teamMailbox('The address for replies').default(''),
    pressContact: pressContact.default(''),
    pressEmail: teamMailbox('Email for journalists').default(''),
    pressPhone: pressPhone.default(''),
    submission,
    confirmed
  }, { error: unknownField }).superRefine(({ from, district, replyTo, ...press }, context) => {
    const refuse = (path: string, message: string) => { context.addIssue({ code: 'custom', path: [path], message }) }
    const hasPress = press.pressContact !== '' || isReached(press)
    const isAgency = from.agencyId !== undefined
    if (isAgency && replyTo !== '') refuse('replyTo', 'Leave this empty for an agency: emails are a partnership’s')
    if (!hasPress) return
    if (isAgency) refuse('pressContact', 'Leave this empty for an agency: a campaign is a partnership’s')
    else if (district !== '') {
      refuse('pressContact', 'Leave this empty for one district: a press contact is a whole campaign’s')
    } else if (!isReached(press)) refuse('pressEmail', 'Enter an email address or a phone number')
  }).transform(({ from, submission, confirmed, pressContact, pressEmail, pressPhone, ...rest }): NewSuccession => {
    const press = { pressContact, pressEmail, pressPhone }
    return {
      ...rest,
      ...from,
      press: isReached(press) ? press : undefined,
      confirmed,
      id: idFromForm(submission, { ...from, ...rest, ...press })
    }
  })
}

/** Where replies to the emails of a partnership go; an empty address: to the one that sends them. */
export const replyForm = z.strictObject({
  partnership: answer('Partnership').min(1, 'Select a partnership from the list'),
  address: teamMailbox('The address for replies')
}, { error: unknownField })

function isReached ({ pressEmail, pressPhone }: Pick<SuccessorPress, 'pressEmail' | 'pressPhone'>): boolean {
  return pressEmail !== '' || pressPhone !== ''
}
