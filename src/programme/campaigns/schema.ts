import { DateTime } from 'luxon'
import { z } from 'zod'
import { answer, answerAsDay, answerInLine, answerInNumbers, isOneLine, linesOf, optional, unknownField } from '../../platform/http/form-answers.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { visibleText, plainDay } from '../../platform/typed.ts'
import { confirmed } from '../../identity/staff/schema.ts'

/** One typed line of text. */
const line = (most: number) => z.string().overwrite(visibleText).trim().min(1, 'must be given')
  .max(most, `must have at most ${most} characters`).refine(isOneLine, 'must be one line of text')

/** Part of addresses, so it never changes. */
const slug = z.string().min(1, 'must be given').max(80, 'must have at most 80 characters')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be made of small letters, digits and single hyphens, like its-not-ok')

const day = z.string().overwrite(plainDay).refine(
  text => /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid,
  'must be a day like 2026-12-01')

/** A new campaign, as given at a terminal; districts separated by `;`. */
export const newCampaign = z.strictObject({
  slug,
  title: line(200),
  summary: z.string().overwrite(visibleText).trim().max(5000, 'must have at most 5000 characters').default(''),
  partnership: line(200).default('Safeguarding partnership'),
  kind: z.enum(['programme', 'week-of-action'], 'must be programme or week-of-action').default('programme'),
  'first-day': day.optional(),
  'last-day': day.optional(),
  districts: z.string().overwrite(visibleText).default('')
    .transform(text => text.split(';').map(name => name.trim()).filter(name => name !== ''))
    .pipe(z.array(line(100)).max(50, 'must be at most 50').refine(
      names => new Set(names.map(name => name.toLowerCase())).size === names.length, 'must not name one twice'))
}).transform(({ 'first-day': firstDay, 'last-day': lastDay, ...rest }) => ({
  ...rest, firstDay, lastDay: lastDay ?? (rest.kind === 'week-of-action' ? sevenDaysFrom(firstDay) : undefined)
}))
  .superRefine(({ firstDay, lastDay }, context) => {
    if (firstDay !== undefined && lastDay !== undefined && lastDay < firstDay) {
      context.addIssue({ code: 'custom', path: ['last-day'], message: 'must not be before the first day' })
    }
  })

/** A week of action lasts a week unless a last day is given. */
function sevenDaysFrom (firstDay: string | undefined): string | undefined {
  return firstDay === undefined ? undefined : DateTime.fromISO(firstDay, { zone: 'utc' }).plus({ days: 6 }).toISODate() ?? undefined
}

export type NewCampaign = z.output<typeof newCampaign>

/** A new partner agency. */
export const newAgency = z.strictObject({ slug, name: line(200) })

export type NewAgency = z.output<typeof newAgency>

/** A text of several lines, which may be empty. */
const textOf = (noun: string, most: number) => answer(noun).transform(typed => linesOf(typed).join('\n').trim())
  .refine(typed => Array.from(typed).length <= most, `${noun} must be ${most.toLocaleString('en-GB')} characters or fewer`)

/** One item per line; empty lines do not count. */
const listOf = (noun: string, most: number, longest: number) => answer(noun)
  .transform(typed => linesOf(typed).map(line => line.trim()).filter(line => line !== ''))
  .refine(lines => lines.length <= most, { error: `${noun} must be ${most} lines or fewer`, abort: true })
  .refine(lines => lines.every(line => Array.from(line).length <= longest), {
    error: `Each line of ${noun} must be ${longest} characters or fewer`, abort: true
  })
  .refine(lines => new Set(lines.map(line => line.toLowerCase())).size === lines.length, `${noun} must not name one twice`)

const someDistricts = listOf('Districts', 50, 100)
  .refine(lines => lines.every(line => !line.includes(';')), 'Districts must not have a semicolon in them')

const expired = 'This form has expired. Load the page again and fill it in once more.'

const dayOf = (noun: string) => optional(answerAsDay(noun)
  .refine(text => day.safeParse(text).success, `${noun} must be a day, like 2026-12-01`))

/** The form that adds a campaign. The same form with the same answers makes one campaign, by its id. */
export const newCampaignForm = z.strictObject({
  title: answerInLine('Title', 'Enter a title', 200),
  kind: answer('Kind', 'Select what it is').pipe(z.enum(['programme', 'week-of-action'], 'Select what it is')),
  partnership: answerInLine('Who runs it', 'Enter who runs it', 200),
  first_day: dayOf('First day'),
  last_day: dayOf('Last day'),
  districts: someDistricts,
  submission: z.uuid(expired)
}, { error: unknownField })
  .transform(({ submission, ...form }) => ({ ...form, id: idFromForm(submission, form) }))
  .transform(({ first_day: firstDay, last_day: lastDay, ...rest }) => ({
    ...rest, firstDay, lastDay: lastDay ?? (rest.kind === 'week-of-action' ? sevenDaysFrom(firstDay) : undefined)
  }))
  .superRefine(({ firstDay, lastDay }, context) => {
    if (lastDay !== undefined && (firstDay === undefined || lastDay < firstDay)) {
      const message = firstDay === undefined ? 'Enter the first day as well' : 'Last day must not be before the first day'
      context.addIssue({ code: 'custom', path: [firstDay === undefined ? 'first_day' : 'last_day'], message })
    }
  })

export type CampaignDraft = z.output<typeof newCampaignForm>

export const newCampaignFields = ['title', 'kind', 'partnership', 'first_day', 'last_day', 'districts'] as const

/** The form that adds an agency, also used for renaming it. */
export const newAgencyForm = z.strictObject({
  name: answerInLine('Name', 'Enter the name of the agency', 200), submission: z.uuid(expired)
}, { error: unknownField }).transform(({ name, submission }) => ({ name, id: idFromForm(submission, { name }) }))

export const agencyForm = z.strictObject({
  name: answerInLine('Name', 'Enter the name of the agency', 200)
}, { error: unknownField })

/** The form on which the texts of a campaign are edited, with the state that was read. */
export const textsForm = z.strictObject({
  title: answerInLine('Title', 'Enter a title', 200),
  summary: textOf('Summary', 5000),
  hashtags: listOf('Hashtags', 10, 60)
    .transform(lines => lines.map(line => line.startsWith('#') ? line : `#${line}`))
    .refine(tags => tags.every(tag => /^#[\p{L}\p{N}\p{M}_]+$/u.test(tag)), 'Hashtags must be letters and digits without spaces, one a line'),
  districts: someDistricts,
  privacyNotice: textOf('Privacy notice', 10_000),
  discreet: answer('Discreet wording', 'Select whether wording is discreet')
    .pipe(z.enum(['on', 'off'], 'Select whether wording is discreet')).transform(on => on === 'on'),
  daysUntilErasure: answerInNumbers('Days until details are deleted', 0, 3650),
  edition: answer('What you have read'),
  without: answer('Districts to remove').default('').transform(linesOf),
  confirmed
}, { error: unknownField })
