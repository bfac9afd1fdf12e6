import type { DateTime } from 'luxon'
import { notableFrom } from '../../booking/bookings/attendance.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { dayInWords } from '../../programme/activities/when.ts'
import { Conflict } from '../../platform/errors.ts'
import type { QuestionOutcome } from '../../booking/bookings/booking.ts'

/** Attendance cannot be recorded before the day of the activity. */
export class NotTheDayYet extends Conflict {
  readonly refusal = 'not-the-day-yet'
  readonly title = 'Not yet'

  constructor (day: string) {
    super(`Who came can be noted from ${day} on. Nothing was changed.`)
  }
}

/** It did not take place: nobody came to it. */
export class NothingToNote extends Conflict {
  readonly refusal = 'nothing-to-note'
  readonly title = 'This is cancelled'

  constructor () {
    super('This activity is cancelled, so nobody came to it. Nothing was changed.')
  }
}

/** Throws where an activity is cancelled, and before the instant from which it can be noted who came. */
export function assertNotable (activity: Pick<Activity, 'status' | 'startsAt' | 'zone'>, now: DateTime<true>): void {
  if (activity.status === 'cancelled') throw new NothingToNote()
  const from = notableFrom(activity)
  if (now < from) throw new NotTheDayYet(dayInWords(from, activity.zone))
}

/** Of the people who were chosen nobody has a place. */
export class NobodyToNote extends Conflict {
  readonly refusal = 'nobody-to-note'
  readonly title = 'Choose again'

  constructor () {
    super('Nobody you chose has a place, so there is nothing to note.')
  }
}

/** Someone else noted another number of people without a booking, which the writer of this one had not seen. */
export class WalkInsChanged extends Conflict {
  readonly refusal = 'walk-ins-changed'
  readonly title = 'Someone else counted too'

  constructor (stands: number | undefined) {
    super(stands === undefined
      ? 'Someone else removed the number at the same time. Nothing was changed. Enter yours again if it is right.'
      : `Someone else noted ${stands} at the same time, and that stays. Enter yours again if it is right.`)
  }
}

/** There is no question, or it was settled by someone else or by the first press of the button. */
export class QuestionSettled extends Conflict {
  readonly refusal = 'question-settled'
  readonly title = 'Settled already'

  constructor (outcome: QuestionOutcome | undefined) {
    super(outcome === undefined
      ? 'There is no such question any more. Nothing was changed.'
      : outcome === 'answered'
        ? 'This question was marked as answered already. Nothing was changed.'
        : 'This question was handed to safeguarding already, and its text is deleted. Nothing was changed.')
  }
}
