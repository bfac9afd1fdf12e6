"""Reads calendars with Debian's icalendar, which shares no code with ical.js or with us.

A JSON array of calendars comes in, and one of what they say goes out; see icalendar.ts.
"""
import json
import sys
from datetime import datetime, timezone

from icalendar import Calendar


def moment(at):
    if not isinstance(at, datetime):
        return at.isoformat()
    return at.astimezone(timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


def text(component, name):
    return None if component.get(name) is None else str(component[name])


def several(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def event(component):
    return {
        'uid': text(component, 'uid'),
        'sequence': int(component['sequence']),
        'stamp': moment(component['dtstamp'].dt),
        'start': moment(component['dtstart'].dt),
        'end': moment(component['dtend'].dt),
        'summary': text(component, 'summary'),
        'status': text(component, 'status'),
        'organizer': text(component, 'organizer'),
        'attendees': [str(attendee) for attendee in several(component.get('attendee'))],
    }


def calendar(written):
    read = Calendar.from_ical(written)
    broken = [fault for component in read.walk() for fault in component.errors]
    if broken:
        raise ValueError(broken)
    return {'method': text(read, 'method'), 'events': [event(component) for component in read.subcomponents]}


json.dump([calendar(written) for written in json.load(sys.stdin)], sys.stdout)
