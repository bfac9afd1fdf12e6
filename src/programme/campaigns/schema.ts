import { DateTime } from 'luxon'
import { z } from 'zod'
import {
  answer, answerAsDay, answerInLine, answerInNumbers, isOneLine, linesOf, optional, unknownField, submission
} from '../../platform/http/form-answers.ts'
import { isDay } from '../../platform/clock.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { plainAddress, plainDay, plainNumber, visibleText } from '../../platform/typed.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { canonicalNumber, isDialable, isMobile, isPremium } from '../support/reachable.ts'
import { everyoneReads, isPrivateMailbox } from '../support/public-text.ts'
import { canonicalAccount, networkNames } from './accounts.ts'
import { audiences, audiencesInWords } from './audiences.ts'
import type { Audience } from './audiences.ts'
import { most } from './key-messages.ts'

/** One typed line of text. */
const line = (most: number) => z.string().overwrite(visibleText).trim().min(1, 'must be given')
  .max(most, `must have at most ${most} characters`).refine(isOneLine, 'must be one line of text').superRefine(everyoneReads())

/** Part of addresses, so it never changes. */
const slug = z.string().min(1, 'must be given').max(80, 'must have at most 80 characters')
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be made of small letters, digits and single hyphens, like its-not-ok')

const day = z.string().overwrite(plainDay).refine(isDay, 'must be a day like 2026-12-01')

/** Items separated by `;`. */
function listed (longest: number, most: number) {
  return z.string().overwrite(visibleText).default('')
    .transform(text => text.split(';').map(item => item.trim()).filter(item => item !== ''))
    .pipe(z.array(line(longest)).max(most, `must be at most ${most}`).refine(
      items => new Set(items.map(item => item.toLowerCase())).size === items.length, 'must not name one twice'))
}

const withHash = (tag: string) => tag.startsWith('#') ? tag : `#${tag}`
const isHashtag = (tag: string) => /^#[\p{L}\p{N}\p{M}_]+$/u.test(tag)

/** A new campaign, as given at a terminal; lists are separated by `;`. */
export const newCampaign = z.strictObject({
  slug,
  title: line(200),
  summary: z.string().overwrite(visibleText).trim().max(5000, 'must have at most 5000 characters')
    .superRefine(everyoneReads()).default(''),
  partnership: line(200).default('Safeguarding partnership'),
  kind: z.enum(['programme', 'week-of-action'], 'must be programme or week-of-action').default('programme'),
  'first-day': day.optional(),
  'last-day': day.optional(),
  strapline: line(150).or(z.literal('')).default(''),
  area: line(200).or(z.literal('')).default(''),
  hashtags: listed(60, 10).pipe(z.array(z.string().transform(withHash)
    .refine(isHashtag, 'must be letters and digits without spaces, separated by semicolons'))),
  accounts: listed(300, 10).pipe(z.array(z.string().refine(
    typed => canonicalAccount(typed) !== undefined, 'must be whole addresses on social networks, separated by semicolons')
    .transform(typed => canonicalAccount(typed) ?? ''))),
  districts: listed(100, 50)
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

/** A number that may be one person's own has no place on a page for everyone. */
const noMobile = (noun: string) =>
  `${noun} must not have a mobile number in it: it may be one person’s own. Give the number of a team or an office`

/** A text of several lines, which may be empty. */
export const textOf = (noun: string, most: number) => answer(noun).transform(typed => linesOf(typed).join('\n').trim())
  .refine(typed => Array.from(typed).length <= most, { error: `${noun} must be ${most.toLocaleString('en-GB')} characters or fewer`, abort: true })
  .superRefine(everyoneReads(noun))

/** A single line, which may be empty. */
const maybeInLine = (noun: string, most: number) => answer(noun).trim()
  .refine(typed => Array.from(typed).length <= most, { error: `${noun} must be ${most} characters or fewer`, abort: true })
  .refine(isOneLine, { error: `${noun} must be on one line`, abort: true })
  .superRefine(everyoneReads(noun))

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

const dayOf = (noun: string) => optional(answerAsDay(noun)
  .refine(text => day.safeParse(text).success, `${noun} must be a day, like 2026-12-01`))

const basics = {
  kind: answer('Kind', 'Select what it is').pipe(z.enum(['programme', 'week-of-action'], 'Select what it is')),
  partnership: answerInLine('Who runs it', 'Enter who runs it', 200),
  first_day: dayOf('First day'),
  last_day: dayOf('Last day')
}

interface Days { kind: string, first_day?: string | undefined, last_day?: string | undefined }

function withDays<T extends Days> ({ first_day: firstDay, last_day: lastDay, ...rest }: T) {
  return { ...rest, firstDay, lastDay: lastDay ?? (rest.kind === 'week-of-action' ? sevenDaysFrom(firstDay) : undefined) }
}

function refuseWrongDays (
  { firstDay, lastDay }: { firstDay: string | undefined, lastDay: string | undefined }, context: z.core.$RefinementCtx
): void {
  if (lastDay !== undefined && (firstDay === undefined || lastDay < firstDay)) {
    const message = firstDay === undefined ? 'Enter the first day as well' : 'Last day must not be before the first day'
    context.addIssue({ code: 'custom', path: [firstDay === undefined ? 'first_day' : 'last_day'], message })
  }
}

/** The form that adds a campaign. The same form with the same answers makes one campaign, by its id. */
export const newCampaignForm = z.strictObject({
  title: answerInLine('Title', 'Enter a title', 200), ...basics, districts: someDistricts, submission
}, { error: unknownField })
  .transform(({ submission, ...form }) => ({ ...form, id: idFromForm(submission, form) }))
  .transform(withDays).superRefine(refuseWrongDays)

/** The form that changes what a campaign is, when it is and who runs it, with the state that was read. */
export const basicsForm = z.strictObject({
  ...basics, edition: answer('What you have read'), confirmed
}, { error: unknownField }).transform(withDays).superRefine(refuseWrongDays)

export type CampaignDraft = z.output<typeof newCampaignForm>

export const newCampaignFields = ['title', 'kind', 'partnership', 'first_day', 'last_day', 'districts'] as const

/** The form that adds an agency, also used for renaming it. */
export const newAgencyForm = z.strictObject({
  name: answerInLine('Name', 'Enter the name of the agency', 200), submission
}, { error: unknownField }).transform(({ name, submission }) => ({ name, id: idFromForm(submission, { name }) }))

export const agencyForm = z.strictObject({
  name: answerInLine('Name', 'Enter the name of the agency', 200)
}, { error: unknownField })

/** The form on which the texts of a campaign are edited, with the state that was read. */
export const textsForm = z.strictObject({
  title: answerInLine('Title', 'Enter a title', 200),
  strapline: maybeInLine('Strapline', 150),
  summary: textOf('Summary', 5000),
  area: maybeInLine('Area', 200),
  hashtags: listOf('Hashtags', 10, 60)
    .transform(lines => lines.map(withHash))
    .refine(tags => tags.every(isHashtag), 'Hashtags must be letters and digits without spaces, one a line'),
  accounts: listOf('Accounts', 10, 300)
    .refine(lines => lines.every(line => canonicalAccount(line) !== undefined), {
      error: `Accounts must be whole addresses, one a line, like https://www.facebook.com/notokayGM. We know ${new Intl.ListFormat('en-GB').format(networkNames)}`,
      abort: true
    })
    .transform(lines => [...new Set(lines.map(line => canonicalAccount(line) ?? ''))]),
  districts: someDistricts,
  privacyNotice: textOf('Privacy notice', 10_000),
  discreet: answer('Discreet wording', 'Select whether wording is discreet')
    .pipe(z.enum(['on', 'off'], 'Select whether wording is discreet')).transform(on => on === 'on'),
  daysUntilErasure: answerInNumbers('Days until details are deleted', 0, 3650),
  edition: answer('What you have read'),
  without: answer('Districts to remove').default('').transform(linesOf),
  confirmed
}, { error: unknownField })

/** The form for what a campaign wants each audience to remember, with the state that was read. */
export const messagesForm = z.strictObject({
  ...Object.fromEntries(audiences.map(audience => [audience, messagesFor(audiencesInWords[audience])])) as
    Record<Audience, ReturnType<typeof messagesFor>>,
  edition: answer('What you have read')
}, { error: unknownField })

function messagesFor (noun: string) {
  return listOf(noun, most.messages, most.characters).superRefine((lines, context) => everyoneReads(noun)(lines.join('\n'), context))
}

/** A team that journalists turn to, or nothing. */
export const pressContact = maybeInLine('Who to ask', 150)

/** A mailbox that a team reads, or nothing. */
export const teamMailbox = (noun: string) => answer(noun).overwrite(plainAddress)
  .refine(typed => typed === '' || (typed.length <= 254 && z.email().safeParse(typed).success), {
    error: `${noun} must be an email address, like press.office@council.gov.uk`, abort: true
  })
  .refine(typed => !isPrivateMailbox(typed), `${noun} must be a mailbox at work that a team reads, not one person’s own`)

/** The phone of an office, or nothing. */
export const pressPhone = answer('Phone').overwrite(plainNumber).transform(canonicalNumber).pipe(z.string()
  .refine(typed => typed === '' || !isMobile(typed), { error: noMobile('Phone'), abort: true })
  .refine(typed => typed === '' || (typed.length <= 30 && isDialable(typed) && !isPremium(typed)),
    'Phone must be a whole UK number with its area code, like 01204 337195'))

/** The form for who journalists turn to, with the state that was read. */
export const pressForm = z.strictObject({
  pressContact,
  pressEmail: teamMailbox('Email'),
  pressPhone,
  pressNote: textOf('Note', 1000),
  edition: answer('What you have read')
}, { error: unknownField })
  .refine(({ pressContact, pressEmail, pressPhone }) => pressContact === '' || pressEmail !== '' || pressPhone !== '', {
    message: 'Enter an email address or a phone number', path: ['pressEmail']
  })
