import type { Names } from '../../identity/staff/queries.ts'
import type { DateTime } from 'luxon'
import { effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { outcomeNumbers } from '../../programme/activities/outcome-numbers.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { calendarDayInWords, shortMoment, whenInWords } from '../../programme/activities/when.ts'
import type { EditedCampaign } from '../../programme/campaigns/queries.ts'
import { campaignSections } from '../../programme/campaigns/sections.ts'
import { isOpenToAsk, wasJustAsked } from './asking.ts'
import { learningKey } from './commands.ts'
import { askedInWords, numbersInWords, outcomeFieldsInWords, saidAs } from './in-words.ts'
import { outcomeDraft } from './outcome.ts'
import { outcomeFormOf } from './page.ts'
import type { TriedOutcome } from './page.ts'
import type { AskedActivity, CampaignAsking } from './queries.ts'
import { toThank } from './thanked.ts'

interface Shown {
  campaign: EditedCampaign
  activities: readonly AskedActivity[]
  asking: CampaignAsking
  names: Names
  /** The words of the email that asks. */
  email: string
  now: DateTime<true>
}

/** Whether those who led activities are asked, who has not answered, what was said, and who is thanked. */
export function campaignOutcomesPageOf (
  { campaign: { title, slug }, activities, asking, names, email, now }: Shown, errors?: FormErrors
) {
  const over = activities.filter(({ activity }) => activity.status !== 'cancelled' && activity.endsAt <= now)
  const unanswered = over.filter(({ outcome }) => outcome.tookPlace === undefined)
  const answered = over.filter(({ outcome }) => outcome.tookPlace !== undefined)
  const chosen = asking.since === undefined ? 'off' : asking.reminds ? 'with-reminders' : 'once'
  const href = `/staff/campaigns/${slug}/outcomes`
  const thanked = over.filter(({ thankedAt }) => thankedAt !== undefined).length
  return {
    title,
    href,
    sections: campaignSections(slug, '/outcomes'),
    yearHref: `/staff/campaigns/${slug}/cycle`,
    reportHref: `/staff/campaigns/${slug}/report`,
    dueOn: asking.dueOn && calendarDayInWords(asking.dueOn),
    isAsking: chosen !== 'off',
    choices: [
      { value: 'off', text: 'No', checked: chosen === 'off' },
      { value: 'once', text: 'Yes, once', checked: chosen === 'once' },
      { value: 'with-reminders', text: 'Yes, and remind them', checked: chosen === 'with-reminders', hint: { text: '3 and 10 days after the activity, and 3 days before numbers are due. Who has answered is not reminded.' } }
    ],
    email,
    counts: over.length === 0
      ? 'No activity of this campaign is over yet.'
      : `${answered.length} of ${over.length} ${over.length === 1 ? 'activity that is over has its numbers' : 'activities that are over have their numbers'}.`,
    unanswered: unanswered.filter(({ lead }) => lead?.email !== undefined).map(one => ({
      ...rowOf(one),
      who: `${one.lead?.name ?? ''}, ${one.lead?.email ?? ''}`,
      mayAsk: isOpenToAsk(one, now) && !wasJustAsked(one, now),
      asked: one.asked.map(asked => askedInWords(asked, one.activity.zone, names))
    })),
    withoutAddress: unanswered.filter(({ lead }) => lead?.email === undefined).map(one => ({
      ...rowOf(one), who: one.lead?.name ?? 'Nobody looks after it', planHref: `/staff/activities/${one.activity.slug}/plan`
    })),
    answered: answered.map(one => ({ ...rowOf(one), said: saidInLine(one) })),
    learning: answered.filter(({ outcome }) => outcome.learnt !== '').map(one => ({
      key: learningKey({ activityId: one.activity.id, learnt: one.outcome.learnt }),
      text: one.outcome.learnt,
      of: one.activity.title,
      isChosen: one.isChosen
    })),
    thanks: { left: toThank(over, now).length, done: thanked, badgeHref: `/campaigns/${slug}/badge` },
    errors
  }
}

function rowOf ({ activity }: AskedActivity) {
  return { id: activity.id, title: activity.title, when: whenInWords(activity), href: `/staff/activities/${activity.slug}/outcome` }
}

/** `It took place. People reached: 120. Leaflets given out: 300.` */
function saidInLine ({ outcome }: AskedActivity): string {
  if (outcome.tookPlace === false) return 'It did not take place.'
  const numbers = outcomeNumbers.flatMap(number => {
    const count = outcome[number]
    return count === undefined ? [] : [`${numbersInWords[number].name}: ${count.toLocaleString('en-GB')}.`]
  })
  return ['It took place.', ...numbers.length === 0 ? ['No numbers.'] : numbers].join(' ')
}

/** What something does to people outside, with the words that they get. */
export function outreachPageOf (
  { title, slug }: EditedCampaign, required: ConfirmationRequired, body: unknown,
  { heading, action, button, email }: { heading: string, action: string, button: string, email: string }
) {
  const href = `/staff/campaigns/${slug}/outcomes`
  return {
    of: title,
    heading,
    button,
    email,
    leaveHref: href,
    backText: 'Back to the numbers',
    backHref: href,
    ...effectsOf(required),
    action,
    fields: hiddenFieldsOf(body)
  }
}

/** The form about what one activity came to, for those who run it. */
export function outcomePageOf (
  activity: KnownActivity, its: AskedActivity, names: Names, now: DateTime<true>,
  tried?: TriedOutcome & { mine?: AskedActivity['outcome'] | undefined }
) {
  const { givenAt, givenById } = its
  return {
    ...runningOf(activity),
    campaign: { title: activity.campaign.title, href: `/staff/campaigns/${activity.campaign.slug}/outcomes` },
    isOver: activity.endsAt <= now,
    isCancelled: activity.status === 'cancelled',
    given: givenAt === undefined
      ? undefined
      : `${givenById === undefined ? 'Said by someone with the link' : `Noted by ${names.get(givenById) ?? 'someone who worked here'}`} on ${shortMoment(givenAt, activity.zone)}`,
    lead: its.lead === undefined ? undefined : [its.lead.name, its.lead.email].filter(text => text !== undefined && text !== '').join(', '),
    asked: its.asked.map(asked => askedInWords(asked, activity.zone, names)),
    comparison: tried?.mine === undefined
      ? []
      : outcomeDraft.compared(its.outcome, tried.mine, outcomeFieldsInWords, saidAs),
    ...outcomeFormOf(its, tried)
  }
}
