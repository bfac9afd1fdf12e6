import type { Activity, CampaignOfActivity } from '../../src/programme/activities/activity.ts'
import type { Booking } from '../../src/booking/bookings/booking.ts'
import type { CalendarEntry } from '../../src/mail/invitations/calendar-entry.ts'
import { nationalContacts } from '../../src/programme/support/contact.ts'
import { noon } from './world.ts'

/** A classic Teams link, as long and as odd as they are. */
export const joinUrl = 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_NzA1ZGVmYWJjMTItMzQ1Ni03ODkwLWFiY2Q%40thread.v2/0?context=%7b%22Tid%22%3a%2272f988bf-86f1-41af-91ab-2d7cd011db47%22%2c%22Oid%22%3a%22550fae72-d251-43ec-868c-373732c2704f%22%7d'

interface Given extends Partial<Omit<CalendarEntry, 'booking'>> {
  booking?: Partial<Booking>
  activity?: Partial<Activity>
  campaign?: Partial<CampaignOfActivity>
}

/** A confirmed place in a discreet online workshop on Tuesday 1 December 2026, 6pm to 6:30pm. */
export function anEntry ({ booking, activity, campaign, ...given }: Given = {}): CalendarEntry {
  return {
    booking: {
      id: '0b9d7a6e-6a3e-4c1e-9a59-0d8b8a1f2c3d',
      activityId: '5f0c2f3a-0f0d-4b0e-8a44-2f6d1a9c7e10',
      reference: '7F3KQ-92QDM',
      name: 'Anne Kirkbride',
      email: 'Anne.Kirkbride@Example.org',
      role: 'parent',
      places: 1,
      status: 'confirmed',
      district: undefined,
      phone: undefined,
      accessNeeds: 'A quiet room',
      accessAnswer: undefined,
      question: undefined,
      questionOutcome: undefined,
      heardFrom: undefined,
      createdAt: noon,
      changedAt: noon,
      waitedAt: undefined,
      offeredUntil: undefined,
      offers: 0,
      isCalled: false,
      lapseReason: undefined,
      copiedFromBookingId: undefined,
      holdId: undefined,
      priority: 9,
      confirmedAt: noon,
      icalUid: 'e2c1c9a0-3a4f-4c77-8f0a-6a1e55d0b4a7',
      icalSequence: 0,
      icalOrganizer: undefined,
      linkVersion: 0,
      attended: undefined,
      camePlaces: undefined,
      minutesAtLeast: undefined,
      attendanceSource: undefined,
      joinedAt: undefined,
      cancelledBy: undefined,
      remindersOff: false,
      unreachableAt: undefined,
      eraseOn: '2026-12-31',
      ...booking,
      activity: {
        id: '5f0c2f3a-0f0d-4b0e-8a44-2f6d1a9c7e10',
        slug: 'keeping-your-child-safe-online',
        title: 'Child exploitation: what every parent can do',
        summary: '',
        runBy: undefined,
        kind: 'online-workshop',
        wasPoliceWork: false,
        allDay: false,
        zone: 'Europe/London',
        isOnline: true,
        venue: undefined,
        secretVenue: undefined,
        untold: undefined,
        district: undefined,
        audiences: ['parents', 'carers'],
        visibility: 'public',
        embargoUntil: undefined,
        capacity: 20,
        placesPerBooking: 1,
        overBookingPercent: 0,
        waitingList: 'automatic',
        offerHours: 24,
        isAnotherDate: false,
        anotherDateAt: undefined,
        cancellationReason: undefined,
        joinUrlSealed: undefined,
        joinMode: 'invitation',
        reminders: ['week', 'day', 'hour'],
        followUp: true,
        icalUid: '7d4a3f52-6d0b-4f0e-9a3c-2b1c0d9e8f71',
        icalSequence: 0,
        createdAt: noon.minus({ days: 20 }),
        status: 'published',
        booking: 'places',
        bookingOpensAt: undefined,
        bookingClosesAt: undefined,
        startsAt: noon.plus({ days: 8, hours: 6 }),
        endsAt: noon.plus({ days: 8, hours: 6, minutes: 30 }),
        ...activity,
        campaign: {
          id: '3c5b8f0e-7c51-4b9b-9d0f-1b9b0a7e6d21',
          slug: 'its-not-ok',
          title: 'It’s Not OK: staying safe online',
          partnership: 'Cumbria safeguarding partnerships',
          discreet: true,
          districts: [],
          daysUntilErasure: 30,
          firstDay: undefined,
          lastDay: undefined,
          ...campaign
        }
      }
    },
    organizer: { name: 'Online workshops', address: 'workshops@example.org' },
    joinUrl,
    isPersonal: false,
    ownUrl: 'https://workshops.example.org/bookings/C516bmo-TB6aWQ2Lih8sPQ0000000000000000000000000000000000000000',
    contacts: [...nationalContacts],
    ...given
  }
}
