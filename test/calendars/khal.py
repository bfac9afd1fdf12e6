"""Imports messages into a calendar of khal, one after the other, as people do who read mail in a terminal.

In and out as in evolution.py. Each history has a folder of its own.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

OPTIONS = """
[calendars]
[[own]]
path = {folder}/own
[locale]
timeformat = %H%M%S
dateformat = %Y%m%d
longdateformat = %Y%m%d
datetimeformat = %Y%m%dT%H%M%S
longdatetimeformat = %Y%m%dT%H%M%S
local_timezone = UTC
default_timezone = UTC
[sqlite]
path = {folder}/khal.db
"""


def history(messages):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / 'own').mkdir()
        (folder / 'config').write_text(OPTIONS.format(folder=folder))
        khal = ['khal', '-c', str(folder / 'config')]
        states = []
        for message in messages:
            (folder / 'message.ics').write_bytes(message.encode())
            subprocess.run([*khal, 'import', '--batch', '-a', 'own', str(folder / 'message.ics')],
                           check=True, capture_output=True)
            listed = subprocess.run(
                [*khal, 'list', '--day-format', '', '--format', '{uid}|{start}|{end}|{status}', '20261101', '120d'],
                check=True, capture_output=True, text=True).stdout
            states.append([event(line) for line in dict.fromkeys(listed.splitlines()) if '|' in line])
        return states


def event(line):
    uid, start, end, status = line.split('|')
    return {'uid': uid, 'start': start.strip() + 'Z', 'end': end.strip() + 'Z', 'status': status.strip()}


json.dump([history(messages) for messages in json.load(sys.stdin)], sys.stdout)
