"""Hands messages to the calendar of Evolution Data Server, one after the other, as Evolution does when someone accepts.

A JSON array of histories comes in, each an array of messages; out goes what the calendar has after each message. Every
history has a calendar of its own. Run inside a D-Bus session and a HOME that nobody else has.
"""
import json
import sys

import gi

gi.require_version('ECal', '2.0')
gi.require_version('EDataServer', '1.2')
gi.require_version('ICalGLib', '3.0')
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402

registry = EDataServer.SourceRegistry.new_sync(None)
client = ECal.Client.connect_sync(
    registry.ref_builtin_calendar(), ECal.ClientSourceType.EVENTS, 10, None)


def objects():
    return client.get_object_list_sync('#t', None)[1]


def said(event):
    status = event.get_first_property(ICalGLib.PropertyKind.STATUS_PROPERTY)
    return {
        'uid': event.get_uid(),
        'start': event.get_dtstart().as_ical_string(),
        'end': event.get_dtend().as_ical_string(),
        'status': status.get_value_as_string() if status else '',
    }


def empty():
    for event in objects():
        client.remove_object_sync(event.get_uid(), None, ECal.ObjModType.ALL, ECal.OperationFlags.NONE, None)


def history(messages):
    empty()
    states = []
    for message in messages:
        try:
            client.receive_objects_sync(ICalGLib.Component.new_from_string(message), ECal.OperationFlags.NONE, None)
        except GLib.Error as error:
            # A cancellation of what is not there: Evolution says so, and nothing changes.
            if 'not found' not in error.message.lower():
                raise
        states.append([said(event) for event in objects()])
    return states


json.dump([history(messages) for messages in json.load(sys.stdin)], sys.stdout)
