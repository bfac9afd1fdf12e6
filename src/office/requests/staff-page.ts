import type { DateTime } from 'luxon'
import { calendarDayInWords, dayInWords, momentInWords } from '../../programme/activities/when.ts'
import { answerBy, pressing, requestKinds } from './due.ts'
import { noMoreTimeFor } from './extending.ts'
import { groundsInWords, kindsInWords } from './in-words.ts'
import { copyUntil, isUntoldAnswer, isUntoldExtension, monthsKept } from './request.ts'
import type { AskedRequest, Extended, ToldBy } from './request.ts'
import type { Typed } from './page.ts'
import { paginationOf } from '../../platform/http/pagination.ts'
import { officeZone } from '../../platform/clock.ts'
import { mailtoOf } from '../../platform/typed.ts'

const pressingTags = {
  late: { text: 'Late', classes: 'govuk-tag--red' },
  soon: { text: 'Answer soon', classes: 'govuk-tag--orange' },
  later: { text: 'Open', classes: 'govuk-tag--blue' }
} as const

/** A request in a list, with the address of its page. */
export function requestOf (request: AskedRequest, now: DateTime<true>) {
  const { id, kind, name, receivedAt, dueOn, extended, closed } = request
  return {
    href: `/staff/requests/${id}`,
    kind: kindsInWords[kind].name,
    name,
    received: dayInWords(receivedAt, officeZone),
    due: calendarDayInWords(dueOn),
    dueAtFirst: extended && calendarDayInWords(answerBy(kind, receivedAt, officeZone)),
    tag: tagOf(request, now),
    answered: closed && dayInWords(closed.at, officeZone)
  }
}

function tagOf (request: AskedRequest, now: DateTime<true>) {
  const { dueOn, closed } = request
  const isUntold = isUntoldOf(request)
  if (closed !== undefined) {
    return isUntold
      ? { text: 'Answer did not arrive', classes: 'govuk-tag--red' }
      : { text: 'Answered', classes: 'govuk-tag--green' }
  }
  return isUntold
    ? { text: 'Tell them we need more time', classes: 'govuk-tag--red' }
    : pressingTags[pressing(dueOn, now, officeZone)]
}

/** Whether our last email about it was refused for good, and they were not told in another way. */
function isUntoldOf (request: AskedRequest): boolean {
  return request.unreachableAt !== undefined && (isUntoldAnswer(request) || isUntoldExtension(request))
}

/** Requests that need a member of staff: those without an answer, and those whose answer did not arrive. */
export function openPageOf (
  { open, untold }: { open: readonly AskedRequest[], untold: readonly AskedRequest[] }, now: DateTime<true>
) {
  return { requests: [...untold, ...open].map(request => requestOf(request, now)), monthsKept }
}

/** A page of the requests that were answered. */
export function answeredPageOf (
  { requests, total, page }: { requests: readonly AskedRequest[], total: number, page: number }, now: DateTime<true>
) {
  return {
    isAnswered: true,
    requests: requests.map(request => requestOf(request, now)),
    pagination: paginationOf(total, page, number => `/staff/requests?view=answered&page=${number}`),
    monthsKept
  }
}

/** The choices of how someone learns our answer; a copy can only be sent to someone who asked for one. */
const tellingInWords: Record<ToldBy, string> = {
  copy: 'By an email with this answer and a link to their copy',
  email: 'By an email with this answer',
  otherwise: 'I have told them already, by phone or post'
}

/** One request: what was asked, by when to answer, what can be done. */
export function requestPageOf (request: AskedRequest, now: DateTime<true>, typed?: Typed) {
  const { id, kind, email, text, acknowledgedAt, unreachableAt, extended, closed } = request
  const ways: ToldBy[] = kind === 'copy' ? ['copy', 'email', 'otherwise'] : ['email', 'otherwise']
  return {
    request: {
      ...requestOf(request, now),
      id,
      email,
      mailto: mailtoOf(email),
      text,
      acknowledged: acknowledgedAt && momentInWords(acknowledgedAt, officeZone),
      isUnreachable: unreachableAt !== undefined,
      isAboutData: kind === 'copy' || kind === 'deletion',
      isDeletion: kind === 'deletion'
    },
    closed: closed && closedOf(request, closed),
    extended: extended && extendedOf(extended),
    mayExtend: noMoreTimeFor(request, now) === undefined,
    isUntold: isUntoldOf(request),
    ways: ways.map(value => ({
      value, text: tellingInWords[value], checked: (typed?.values.told_by ?? ways[0]) === value
    })),
    values: typed?.values ?? {},
    errors: typed?.errors
  }
}

function extendedOf ({ at, because, reason, toldBy, toldAt }: Extended) {
  return {
    at: momentInWords(at, officeZone),
    because: groundsInWords[because].ours,
    reason,
    isByEmail: toldBy === 'email',
    toldAt: toldAt && momentInWords(toldAt, officeZone)
  }
}

function closedOf (request: AskedRequest, { at, by, answer, toldBy, toldAt }: NonNullable<AskedRequest['closed']>) {
  const until = copyUntil(request)
  return {
    at: momentInWords(at, officeZone),
    by: by ?? 'Someone who has left',
    answer,
    isByEmail: toldBy !== 'otherwise',
    toldAt: toldAt && momentInWords(toldAt, officeZone),
    copyUntil: until && dayInWords(until, officeZone)
  }
}

/** The form for entering a request that came in another way. */
export function recordPageOf (submission: string, typed?: Typed) {
  return {
    submission,
    kinds: requestKinds.map(value => ({
      value, text: kindsInWords[value].name, checked: typed?.values.kind === value
    })),
    values: typed?.values ?? {},
    errors: typed?.errors
  }
}
