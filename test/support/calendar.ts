import { read } from './icalendar.ts'
import type { EventReading } from './icalendar.ts'

/** What became of a message. */
export type Outcome = 'added' | 'replaced' | 'removed' | 'ignored'

/**
 * Somebody's calendar: it does with each message what RFC 5546 §2.1.5 says, and no more. UID says what a
 * message is about; the higher SEQUENCE, and of equal ones the later DTSTAMP, is the newer; what is not newer
 * is ignored, and so is what another organizer says. It remembers what was cancelled: a REQUEST that comes
 * late brings nothing back.
 */
export function aCalendar () {
  const latest = new Map<string, EventReading & { isRemoved: boolean }>()

  return {
    /** What is in it. */
    entries: (): EventReading[] => [...latest.values()].flatMap(({ isRemoved, ...event }) => isRemoved ? [] : event),

    /** Takes in one message. */
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
