import { momentInWords } from '../../programme/activities/when.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import type { Bulletin, Progress } from './bulletin.ts'
import { audienceOf, states, emails, addressOf, stateOf, byWhom, progressInWords } from './staff-page.ts'

interface ProgressPage {
  activity: KnownActivity
  bulletin: Bulletin
  progress: Progress
}

/** How far a message has come, and the button that stops it. */
export function progressPageOf ({ activity, bulletin, progress }: ProgressPage) {
  const { sent, waiting, retried, notTaken, withdrawn } = progress
  const all = sent + waiting + notTaken + withdrawn
  const percent = (count: number) => all === 0 ? 0 : Math.round(1000 * count / all) / 10
  const href = addressOf(activity, bulletin)
  return {
    ...runningOf(activity),
    backHref: addressOf(activity),
    href,
    heading: bulletin.heading,
    to: audienceOf(bulletin).to,
    by: byWhom(bulletin, activity),
    tag: states[stateOf(bulletin, progress)],
    come: progressInWords(progress),
    stopped: bulletin.stoppedAt && {
      when: momentInWords(bulletin.stoppedAt, activity.zone),
      gone: `${emails(sent)} had gone`,
      kept: withdrawn === 0 ? 'none was kept back' : `${emails(withdrawn)} did not go`
    },
    whyNot: bulletin.audience === 'waiting'
      ? 'People who cancelled, or got a place, before their email went did not get it.'
      : 'People who cancelled before their email went did not get it.',
    isGoing: waiting > 0,
    numbers: { sent, waiting, notTaken, withdrawn },
    bar: {
      sent: percent(sent),
      notTaken: percent(notTaken),
      uptoNotTaken: percent(sent + notTaken),
      withdrawn: percent(withdrawn)
    },
    retried: retried === 0
      ? ''
      : `The mail server has not taken ${emails(retried)} yet. We keep trying for a day, less and less often. You do not need to do anything.`,
    emailHref: `${href}/letter`,
    logHref: `/staff/activities/${activity.slug}/letters?kind=bulletin`,
    notTakenHref: `/staff/activities/${activity.slug}/letters?show=not-arrived&kind=bulletin`,
    stopHref: `${href}/stop`
  }
}
