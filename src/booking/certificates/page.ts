import { asSet } from '../../platform/pdf/coverage.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { calendarDayInWords, whenInWords } from '../../programme/activities/when.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { Certificate } from './commands.ts'
import { lengthInWords } from './eligibility.ts'
import type { Eligibility } from './eligibility.ts'
import type { GivenCertificate } from './queries.ts'
import { codeFields, nameFields } from './schema.ts'

interface Told { heading: string, sentence: string, mayAnswer?: boolean, mayWrite?: boolean, isReady?: boolean }

const toldOf: Record<Eligibility, Told> = {
  'not-for-them': {
    heading: 'There is no certificate for this booking',
    sentence: 'Certificates are for people who work with children and had a place. If you booked as someone else by mistake, write to us.',
    mayWrite: true
  },
  cancelled: { heading: 'There is no certificate for this booking', sentence: 'It was cancelled, so nobody gets a certificate.' },
  'not-over': { heading: 'Your certificate is not ready yet', sentence: 'You get it here once it is over and the organisers have noted that you came.' },
  'not-recorded': {
    heading: 'Your certificate is not ready yet',
    sentence: 'The organisers have not noted yet who came. Look again in a few days. If you came and nothing changes, write to us.',
    mayWrite: true
  },
  'did-not-come': {
    heading: 'There is no certificate for this booking',
    sentence: 'The organisers noted that you did not come. If you were there, write to us, and we ask them to check.',
    mayWrite: true
  },
  'answer-first': {
    heading: 'Answer a few questions first',
    sentence: 'Then you get your certificate here. We keep that you have answered, but not what.',
    mayAnswer: true
  },
  ready: {
    heading: 'Your certificate',
    sentence: 'It has your name as you typed it when you booked, what it was, when, and a code. Anyone you show it to can check it with the code, even after we have deleted your details.',
    isReady: true
  }
}

/** Ready, for someone whose name has a letter that no font has. */
const withoutName = 'We cannot print your name. It has a line instead: write your name on it by hand, as you typed it when you booked. ' +
  'It also says what it was and when, and has a code. Anyone you show it to can check it and your name with the code, even after we have deleted your details.'

/** The page on which someone gets their certificate; it shows neither a name nor a topic. */
export function ownCertificatePageOf (
  eligibility: Eligibility, token: string, { isNamePrinted }: { isNamePrinted: boolean }
) {
  const href = `/bookings/${token}`
  const told = toldOf[eligibility]
  return {
    ...told,
    ...told.isReady === true && !isNamePrinted && { sentence: withoutName },
    href,
    action: `${href}/certificate`,
    answerHref: `${href}/evaluation`
  }
}

/** Whether a certificate can have a name as it was typed. */
export function isPrintable (name: string, coverage: Coverage): boolean {
  return coverage.has(asSet(name))
}

/** What a certificate says: a name that no font has is left out, and its holder writes it in by hand. */
export function certificateOf (
  { booking, code, issuedOn }: Certificate, coverage: Coverage, publicUrl: string
) {
  const { name, activity } = booking
  const { title, when, length, partnership } = subjectOf(activity)
  const ours = (text: string) => coverage.drawable(asSet(text))
  return {
    ...isPrintable(name, coverage) && { name: asSet(name) },
    title: ours(title),
    when: ours(when),
    length,
    partnership: ours(partnership),
    issuedOn: calendarDayInWords(issuedOn),
    code,
    checkUrl: `${publicUrl}/certificates/${code}`
  }
}

function subjectOf (activity: Activity) {
  return {
    title: activity.title,
    when: whenInWords(activity),
    length: lengthInWords(activity),
    partnership: activity.campaign.partnership
  }
}

/** The form that asks for a code, as it was filled in. */
export function codePageOf (body?: unknown, errors?: FormErrors) {
  return { ...typedOf(body, codeFields), errors }
}

/** A certificate for whoever has its code; with `isTheirs`, whether the name that they typed is on it. */
export function checkedPageOf (
  { code, activity, issuedOn, isRevoked }: GivenCertificate, { isTheirs, body, errors }: {
    isTheirs?: boolean, body?: unknown, errors?: FormErrors
  } = {}
) {
  return {
    code,
    ...subjectOf(activity),
    issuedOn: calendarDayInWords(issuedOn),
    isRevoked,
    isTheirs,
    values: typedOf(body, nameFields),
    action: `/certificates/${code}`,
    errors
  }
}
