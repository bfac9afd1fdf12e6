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
  /** The recipient's address; left out, there is none. */
  email?: string
}

/** A bulletin as its recipients would get it: the real email, about a made-up booking. */
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
