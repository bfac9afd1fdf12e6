import { daysToSend, laterMonths, monthsOfTexts } from '../../booking/evaluations/answering-times.ts'
import { questions } from '../../booking/bookings/questions.ts'
import type { Campaign } from '../../programme/campaigns/campaign.ts'
import { monthsOfTrail } from '../forgetting/audit-trail.ts'
import type { Rule } from '../forgetting/personal-data.ts'
import { daysOfLink } from '../co-hosts/invitation.ts'
import { maxMonthsToReview } from '../legal-holds/legal-hold.ts'
import { daysForComplaint } from '../requests/due.ts'
import { regulator } from '../requests/regulator.ts'
import { daysForCopy, monthsKept } from '../requests/request.ts'
import { daysAfterActivity, daysAfterEnd, daysForAgain, daysUnconfirmed } from '../../programme/entries/entry.ts'
import { daysKept } from '../resource-requests/request.ts'
import { hoursToTell } from '../rights/erasing.ts'
import { firstToAcceptHours } from '../../booking/waiting-list/offer.ts'

/** Something that we keep about people, and until when. */
interface Kept { what: string, until: string }

/**
 * What we do with people's data. Every number is the one by which the service works: the form's own questions say what
 * is asked and why, and the rules that delete data say how long it is kept.
 */
export function privacyPageOf (campaigns: readonly Campaign[]) {
  return {
    questions: Object.values(questions),
    campaigns: campaigns.map(({ title, partnership, privacyNotice }) => ({ title, partnership, privacyNotice })),
    kept: Object.values(keptBy(campaigns)).flat(),
    laterMonths,
    daysForComplaint,
    daysForCopy,
    firstToAcceptHours,
    maxMonthsToReview,
    regulator
  }
}

/** How long what is about people is kept, by the rule by which it goes: a new rule does not compile without. */
function keptBy (campaigns: readonly Campaign[]) {
  return {
    booking: bookingsKept(campaigns),
    request: [{ what: 'Requests and complaints', until: `Until ${monthsKept} months after our answer.` }],
    'resource request': [{
      what: 'Requests for posters and leaflets',
      until: `Until ${daysKept} days after the day by which you need them. We ask professionals for their name, organisation and its kind, work email and, if we send something, work address. Only the people who pack it see that. We keep how many were asked for and given out in each month, to which kind of organisation, for which campaign and to which partner.`
    }],
    entry: [{
      what: 'Activities that you enter without an account',
      until: `We ask for your name, organisation and email address. Only the organisers see your name and address. Everyone reads which organisation runs it. We delete them ${daysAfterActivity} days after your activity, or ${daysForAgain} days after it if you ask us to email you when there is a next time. If we do not take it, or you withdraw it, we delete them ${daysAfterEnd} days after that. If you do not confirm your address, we delete everything after ${daysUnconfirmed} days. Until you confirm it we also keep a mark of the network that you use, so that nobody can flood the form. Nobody can tell from it where you are. The activity itself stays, with the organisation that runs it.`
    }],
    erasure: [{
      what: 'If you ask us to delete everything',
      until: `We look at your request first. Once we start, everything is gone within ${hoursToTell} hours.`
    }],
    nobody: [
      {
        what: 'Numbers',
        until: 'We keep for good how many people booked and came, from which area, in which role, how they heard of it, and how long before. Nobody can tell from these who you are.'
      },
      {
        what: 'What activities came to',
        until: 'If you lead an activity, we ask you at the work address that stands with it. We keep for good the numbers and the sentence that you give us, and not who gave them.'
      },
      {
        what: 'Certificates',
        until: 'If you got a certificate, we keep for good that we gave one out, and its code, in a form from which nobody can tell your name. So it can be checked later.'
      }
    ],
    answer: [{
      what: 'What you thought',
      until: `If you answer our questions about an activity, we count your answers and do not keep who gave them. We only note that your link was used. What you write in your own words goes ${monthsOfTexts} months after the activity, or sooner if it names someone.`
    }],
    'later contact': [{
      what: 'If you agree to be asked once more',
      until: `We keep the email address that you give for it, apart from your booking and your answers. We delete it once we have asked, ${laterMonths} months after the activity, or ${daysToSend} days later if the email does not go. We tell you the last day. You can take it back at any time with the link by which you answered.`
    }],
    invitation: [{
      what: 'If you are invited to co-host',
      until: `We keep your name, work email and organisation until you accept, or until the night after the link in our email ends: ${daysOfLink} days at most. If you accept, you have an account here. We delete an account that was made for this ${monthsOfTrail} months after you last used it.`
    }],
    staff: [{
      what: 'What staff did here',
      until: `We keep a record of this for ${monthsOfTrail} months. It has none of your details, except the reference of a safeguarding team that received your question.`
    }]
  } satisfies Record<Exclude<Rule, 'organisers' | 'legal hold'>, Kept[]>
}

function bookingsKept (campaigns: readonly Campaign[]): Kept[] {
  const whatever = 'even if you cancelled or did not get a place.'
  if (campaigns.length === 0) {
    return [{ what: 'Bookings', until: `Until the date in your emails and on the page of your booking, ${whatever}` }]
  }
  return campaigns.map(({ title, daysUntilErasure }) => ({
    what: `Bookings: ${title}`,
    until: `Until ${daysInWords(daysUntilErasure)} after the activity, ${whatever} Your emails and the page of your booking say the date.`
  }))
}

/** With 0 days details are deleted in the following night: on the day itself they are still needed. */
function daysInWords (days: number): string {
  return days <= 1 ? '1 day' : `${days} days`
}
