import type { DateTime } from 'luxon'
import { z } from 'zod'
import { addressAnswer, email, name, phone, submission } from '../../booking/bookings/schema.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { answer, answerAsDay, answerInLine, answerInNumbers, optional, together, unknownField } from '../../platform/http/form-answers.ts'
import { isDay } from '../../platform/clock.ts'
import { trap } from '../../platform/http/trap.ts'
import { dayAsked } from '../../platform/http/url-params.ts'
import type { Resource } from '../../programme/resources/resource.ts'
import { dayOf, organisationKinds, statuses, waysOfGetting } from './request.ts'
import type { ResourceRequest } from './request.ts'
import type { Period } from './totals.ts'

function lines (noun: string, missing: string, most: number) {
  return answer(noun, missing).trim().min(1, { error: missing, abort: true })
    .refine(text => Array.from(text).length <= most, `${noun} must be ${most.toLocaleString('en-GB')} characters or fewer`)
}

/** The field of how many of a resource. */
export function quantityField (resourceId: string): string {
  return `quantity_${resourceId}`
}

/** An empty field and 0 are none of it. */
function quantityOf ({ name, most, isRetired }: Resource) {
  return optional(answerInNumbers(`${name}:`, 0, most)
    .refine(quantity => !isRetired || quantity === 0, `${name}: we do not give these out any more`))
}

const collectsAndAddress = 'You said you will collect them, but gave an address. Select “Send them to where I work”, or delete the address'

/** How many days ahead things can be asked for. */
const daysAhead = 365

/** Asking for resources, as they are at `now`. */
export function askForm (
  resources: readonly Resource[], campaigns: ReadonlyArray<{ id: string }>, now: DateTime<true>
) {
  const [first, last] = [dayOf(now), dayOf(now.plus({ days: daysAhead }))]
  const dayWrong = 'Enter the day by which you need them, from today to a year from now'
  const getting = 'Select how you get them'
  const quantities: Record<string, z.ZodType> = Object.fromEntries(
    resources.map(resource => [quantityField(resource.id), quantityOf(resource)]))
  const firstQuantity = quantityField(resources.find(({ isRetired }) => !isRetired)?.id ?? '')
  return together(z.strictObject({
    ...quantities,
    name,
    organisation: answerInLine('Organisation', 'Enter the organisation that you work for', 120),
    organisation_kind: optional(answer('Kind of organisation').pipe(
      z.enum(organisationKinds, 'Select a kind of organisation from the list'))),
    email,
    phone,
    getting: answer('How you get them', getting).pipe(z.enum(waysOfGetting, getting)),
    address: optional(lines('Work address', 'Enter the work address that we send them to', 300)),
    needed_by: answerAsDay('The day', dayWrong).refine(day =>
      isDay(day) && day >= first && day <= last, dayWrong),
    campaign: optional(answer('Campaign').refine(id => campaigns.some(campaign => campaign.id === id), 'Select a campaign from the list')),
    purpose: lines('What you need them for', 'Say what you need them for', 500),
    for_work: answer('That you ask for your work', 'Confirm that you ask for your work')
      .pipe(z.literal('yes', 'Confirm that you ask for your work')),
    submission,
    ...addressAnswer,
    ...trap
  }, { error: unknownField }), typed => [
    ...typed('getting') === 'deliver' && typed('address') === '' ? [['address', 'Enter the work address that we send them to']] as const : [],
    ...typed('getting') === 'collect' && typed('address') !== '' ? [['getting', collectsAndAddress]] as const : [],
    ...Object.keys(quantities).every(field => /^0*$/.test(typed(field))) ? [[firstQuantity, 'Enter how many you need of at least one of them']] as const : []
  ])
    .transform(({
      needed_by: neededBy, campaign: campaignId, organisation_kind: organisationKind, getting, address, ...given
    }) => ({
      submission: given.submission,
      name: given.name,
      organisation: given.organisation,
      organisationKind,
      email: given.email,
      phone: given.phone,
      purpose: given.purpose,
      getting,
      neededBy,
      campaignId,
      address,
      items: resources.flatMap(({ id: resourceId }) => {
        const quantity = (given as Record<string, unknown>)[quantityField(resourceId)]
        return typeof quantity === 'number' && quantity > 0 ? [{ resourceId, quantity }] : []
      })
    }))
}

/** The fields of the form after how many, in its order. */
export const askFields = [
  'purpose', 'campaign', 'needed_by', 'getting', 'address', 'name', 'organisation', 'organisation_kind', 'email', 'phone', 'for_work'
] as const

/** Which requests are listed: those that wait for something, or of one status, needed by a day. */
export const filterForm = z.object({
  status: z.enum(['open', ...statuses]).catch('open'),
  by: dayAsked
})
export type RequestFilter = z.output<typeof filterForm>

export const filterFields = ['status', 'by'] as const

/** For which day to pack; anything else is the first day for which there is something. */
export const packingDay = z.object({
  day: dayAsked
})

const period = z.object({
  period: z.custom<Period>(given => typeof given === 'string' && /^(?:last-12|all|20\d{2})$/.test(given))
    .catch('last-12')
})

/** Which months count; anything else is the last twelve. */
export function periodIn (query: unknown): Period {
  return period.parse(query).period
}

const message = lines('What you write', 'Write to them', 1000)

/** How many they get of each thing, and what they read with it. */
export function approvalForm ({ items, getting }: Pick<ResourceRequest, 'items' | 'getting'>) {
  return z.strictObject({
    ...Object.fromEntries(items.map(({ resourceId, name, asked }) =>
      [quantityField(resourceId), answerInNumbers(`${name}:`, 0, asked)])),
    message: optional(message),
    confirmed
  }, { error: unknownField }).transform(({ message, confirmed, ...granted }) => ({
    message,
    confirmed,
    granted: new Map(items.map(({ resourceId }) =>
      [resourceId, (granted as Record<string, number>)[quantityField(resourceId)] ?? 0]))
  })).refine(({ granted }) => [...granted.values()].some(quantity => quantity > 0),
    { path: ['form'], error: 'They would get nothing. Refuse the request instead.' })
    .refine(({ message, granted }) =>
      message !== undefined || items.every(({ resourceId, asked }) => granted.get(resourceId) === asked),
    { path: ['message'], error: `Say why they get less${getting === 'collect' ? ', and when they hear from you' : ''}` })
}

export const refusalForm = z.strictObject({ reason: lines('Why', 'Say why', 1000), confirmed }, { error: unknownField })

/** That it is packed: those who collect it read when and where. */
export function packingForm ({ getting }: Pick<ResourceRequest, 'getting'>) {
  const where = lines('When and where they collect it', 'Say when and where they collect it', 1000)
  return z.strictObject({ message: getting === 'collect' ? where : optional(message), confirmed }, { error: unknownField })
}

export const handingOverForm = z.strictObject({ confirmed }, { error: unknownField })
