import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { calendarEntryOf } from '../invitations/calendar-entry.ts'
import type { SampleContext } from '../emails/sample.ts'
import { messageOf } from '../emails/message.ts'
import type { Message } from '../emails/message.ts'
import { sampleBooking, sampleAddress } from '../emails/preview.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import type { BulletinDraft } from './bulletin.ts'

interface Sample {
  /** The email's; left out, it goes to nobody and has one of its own. */
  id?: string
  activity: Activity
  bulletin: BulletinDraft
  contacts: readonly SupportContact[]
  /** Whether those who get it have a place, or some of them. */
  hasPlace: boolean
  /** The recipient's address; left out, there is none. */
  email?: string
}

/** A bulletin as its recipients would get it: the real email, about a made-up booking. */
export function bulletinSample (
  context: SampleContext,
  { id = randomUUID(), activity, bulletin, contacts, hasPlace, email = sampleAddress }: Sample,
  now: DateTime<true>
): Message {
  const booking = sampleBooking(activity, {
    status: hasPlace ? 'confirmed' : 'waiting', email
  }, now)
  return messageOf({
    templates: context.templates,
    kind: 'bulletin',
    email: { id, messageId: `${id}@${new URL(context.publicUrl).hostname}` },
    entry: calendarEntryOf(booking, contacts, context),
    line: undefined,
    first: undefined,
    bulletin,
    publicUrl: context.publicUrl
  }, now)
}
