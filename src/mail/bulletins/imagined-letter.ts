import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { entryOf } from '../invitations/entry.ts'
import type { ImaginedRoom } from '../emails/imagined.ts'
import { messageOf } from '../emails/message.ts'
import type { Message } from '../emails/message.ts'
import { imaginedBooking, nobodysAddress } from '../emails/preview.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import type { BulletinDraft } from './bulletin.ts'

interface Imagined {
  activity: Activity
  bulletin: BulletinDraft
  contacts: readonly SupportContact[]
  /** To whom; left out, to nobody. */
  email?: string
}

/** A bulletin as one of those whom it is for would get it: the real letter, about a booking of nobody. */
export function letterToNobody (
  room: ImaginedRoom, { activity, bulletin, contacts, email = nobodysAddress }: Imagined, now: DateTime<true>
): Message {
  const id = randomUUID()
  const booking = imaginedBooking(activity, {
    status: bulletin.audience === 'waiting' ? 'waiting' : 'confirmed', email
  }, now)
  return messageOf({
    templates: room.templates,
    kind: 'bulletin',
    letter: { id, messageId: `${id}@${new URL(room.publicUrl).hostname}` },
    entry: entryOf(booking, contacts, room),
    line: undefined,
    first: undefined,
    bulletin: { ...bulletin, isStopped: false },
    publicUrl: room.publicUrl
  }, now)
}
