import type { FormErrors } from '../../platform/http/form-errors.ts'
import { qrCodeOf } from '../../platform/qr-code.ts'
import { officeZone } from '../../platform/clock.ts'
import { calendarDayInWords, dayInWords } from '../../programme/activities/when.ts'
import type { AgencyFeed } from './queries.ts'
import { partnership } from './schema.ts'
import { feedPath } from './token.ts'

interface Feeds {
  feeds: readonly AgencyFeed[]
  /** Agencies to choose from; undefined for those who make feeds of their own agency alone. */
  agencies: ReadonlyArray<{ id: string, name: string }> | undefined
  typed: { agency?: string, name?: string }
  submission: string
  errors?: FormErrors | undefined
}

/** The feeds that someone may make and end. */
export function feedsPageOf ({ feeds, agencies, typed, submission, errors }: Feeds) {
  return {
    feeds: feeds.map(feed => ({ ...factsOf(feed), endHref: `/staff/feeds/${feed.id}/end` })),
    agencies: agencies && [
      { value: '', text: 'Select one' },
      { value: partnership, text: 'The partnership' },
      ...agencies.map(({ id, name }) => ({ value: id, text: name }))
    ].map(item => ({ ...item, selected: item.value === (typed.agency ?? '') })),
    name: typed.name,
    submission,
    errors
  }
}

function factsOf ({ name, agency, madeAt, lastFetchedOn }: AgencyFeed) {
  return {
    name,
    agency: agency?.name ?? 'The partnership',
    made: dayInWords(madeAt, officeZone),
    lastFetched: lastFetchedOn === undefined ? 'Not used yet' : `Last used on ${calendarDayInWords(lastFetchedOn)}`
  }
}

/** The address of a feed that was just made, for the only time. */
export function madePageOf (name: string, token: string, publicUrl: string) {
  const address = `${publicUrl}${feedPath(token)}`
  return { name, address, webcal: address.replace(/^https?:/, 'webcal:'), qr: qrCodeOf(address) }
}

/** The question before a feed is ended. */
export function endPageOf (feed: AgencyFeed, errors?: FormErrors) {
  return { feed: factsOf(feed), endHref: `/staff/feeds/${feed.id}/end`, errors }
}
