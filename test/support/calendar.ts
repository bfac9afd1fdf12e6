import { read } from './icalendar.ts'
import type { EventReading } from './icalendar.ts'

/** What became of a message. */
export type Outcome = 'added' | 'replaced' | 'removed' | 'ignored'

/**
 * A person's calendar: it follows RFC 5546 §2.1.5 for each message, and no more. UID says what a message is about; the
 * higher SEQUENCE, and with equal ones the later DTSTAMP, is newer; what is not newer is ignored, and so are messages
 * from another organizer. It remembers what was cancelled: a late REQUEST does not bring it back.
 */
export function aCalendar () {
  const latest = new Map<string, EventReading & { isRemoved: boolean }>()

  return {
    /** Its current events. */
    entries: (): EventReading[] => [...latest.values()].flatMap(({ isRemoved, ...event }) => isRemoved ? [] : event),

    /** Processes one message. */
    apply (message: string): Outcome {
      const { method, events: [event] } = read(message)
      if (event === undefined) throw new Error('There is nothing in the message.')
      const known = latest.get(event.uid)
      if (known !== undefined && (known.organizer !== event.organizer || !isNewer(event, known))) return 'ignored'

      latest.set(event.uid, { ...event, isRemoved: method === 'CANCEL' })
      const wasThere = known !== undefined && !known.isRemoved
      if (method === 'CANCEL') return wasThere ? 'removed' : 'ignored'
      return wasThere ? 'replaced' : 'added'
    }
  }
}

function isNewer (event: EventReading, than: EventReading): boolean {
  return event.sequence === than.sequence ? event.stamp > than.stamp : event.sequence > than.sequence
}
