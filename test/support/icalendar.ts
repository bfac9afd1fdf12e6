import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import ICAL from 'ical.js'

/** The content of a calendar, as programs that are not ours read it. Days as `2026-12-01`, instants in UTC. */
export interface Reading {
  method: string | null
  events: EventReading[]
}

export interface EventReading {
  uid: string
  sequence: number
  stamp: string
  start: string
  end: string
  summary: string
  status: string
  organizer: string
  attendees: string[]
}

/** Parses a calendar with ical.js. */
export function read (text: string): Reading {
  const calendar = new ICAL.Component(ICAL.parse(text))
  return {
    method: calendar.getFirstPropertyValue('method') as string | null,
    events: calendar.getAllSubcomponents().map(event => {
      const value = (name: string) => String(event.getFirstPropertyValue(name))
      return {
        uid: value('uid'),
        sequence: Number(value('sequence')),
        stamp: value('dtstamp'),
        start: value('dtstart'),
        end: value('dtend'),
        summary: value('summary'),
        status: value('status'),
        organizer: value('organizer'),
        attendees: event.getAllProperties('attendee').map(attendee => String(attendee.getFirstValue()))
      }
    })
  }
}

/** Debian's own: another Python on the machine does not find Debian's packages. */
const python = '/usr/bin/python3'

const isInstalled = existsSync('/usr/lib/python3/dist-packages/icalendar')

/** Options for tests that read with a second program: skipped with a line without it, except where CI is set. */
export const withSecondReader = isInstalled || process.env.CI !== undefined
  ? {}
  : { skip: 'The second calendar parser is not installed (Debian: apt-get install python3-icalendar).' }

/** Parses calendars with an independent program in another language, all in one run. */
function readWithAnother (texts: readonly string[]): Reading[] {
  if (!isInstalled) throw new Error('python3-icalendar is not installed, and CI reads every calendar with it.')
  const answer = execFileSync(python, ['-I', '-X', 'utf8', join(import.meta.dirname, 'read-calendars.py')], {
    input: JSON.stringify(texts), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024
  })
  return JSON.parse(answer) as Reading[]
}

/** icalendar 4 undoes escapes one after the other: a backslash before an n becomes a line end, `%2C` a comma. */
const misread = /\\|%(2C|3A|3B|5C)/

/** Parses calendars with two independent programs; without summaries that one of them misreads. */
export function readByBoth (texts: readonly string[]): { one: Reading[], other: Reading[] } {
  const one = texts.map(read)
  const legible = (readings: readonly Reading[]) => readings.map(({ method, events }, n) => ({
    method,
    events: events.map((event, m) => misread.test(one[n]?.events[m]?.summary ?? '') ? { ...event, summary: '' } : event)
  }))
  return { one: legible(one), other: legible(readWithAnother(texts)) }
}
