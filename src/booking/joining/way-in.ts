import type { DateTime } from 'luxon'
import type { BookingLinks } from '../bookings/link.ts'
import type { WayInto } from '../bookings/own-booking-page.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import type { Seal } from '../../platform/seal.ts'
import { joinAccessAt } from './join-times.ts'
import { opensInWords } from './page.ts'

/**
 * How someone gets into what they have booked, for the page of their own booking. The link is there while the door is
 * open and not before: that page is read by programs, and may stay open on a screen that others see.
 */
export function wayInto ({ joinLinks, seal }: { joinLinks: BookingLinks, seal: Seal }): WayInto {
  return (booking, now) => {
    switch (joinAccessAt(booking, now)) {
      case 'open': return { href: hrefOf(booking) }
      case 'no-link': return { sentence: 'The link to join is not ready yet: the organisers have not given it to us. Check again in a few minutes.' }
      case 'shut': return { sentence: beforeInWords(booking, now) }
      default: return undefined
    }
  }

  function hrefOf (booking: BookingWithActivity): string | undefined {
    const { joinMode, joinUrlSealed } = booking.activity
    if (joinMode === 'personal') return `/join/${joinLinks.tokenOf(booking)}`
    return joinUrlSealed === undefined ? undefined : seal.open(joinUrlSealed)
  }
}

function beforeInWords ({ activity }: BookingWithActivity, now: DateTime<true>): string {
  const inEmail = activity.joinMode === 'personal' || activity.joinUrlSealed !== undefined
  const here = `A button to join appears here ${opensInWords(activity, now)}.`
  return inEmail ? `${here} The link is in your latest email too.` : `${here} We email you the link before that.`
}
