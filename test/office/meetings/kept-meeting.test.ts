import type { DateTime } from 'luxon'
import t from 'tap'
import type { Activity } from '../../../src/programme/activities/activity.ts'
import { nextStep, statusAfter, wantedOf } from '../../../src/office/meetings/kept-meeting.ts'
import type { KeptMeeting, MeetingActivity } from '../../../src/office/meetings/kept-meeting.ts'
import { noon } from '../../support/world.ts'

const link = 'https://teams.microsoft.com/meet/1?p=a'
const other = 'https://teams.microsoft.com/meet/2?p=b'
const activityId = '7eb8263f-d0e0-4149-bb1c-1f0476083c56'

function anActivity (given: Partial<MeetingActivity> = {}): MeetingActivity {
  return {
    id: activityId,
    title: 'Keeping your child safe online',
    isOnline: true,
    status: 'published',
    startsAt: noon.plus({ days: 1 }),
    endsAt: noon.plus({ days: 1, hours: 1 }),
    campaign: { discreet: false, partnership: 'Cumbria safeguarding partnerships' } as Activity['campaign'],
    joinUrl: link,
    ...given
  } as MeetingActivity
}

/** A meeting in its wanted state, by default. */
function aMeeting (given: Partial<KeptMeeting> = {}): KeptMeeting {
  const choices = { lobby: 'everyone-waits', mayUnmute: false, mayShowCamera: false } as const
  return {
    activityId,
    status: 'made',
    ...choices,
    generation: 0,
    meetingId: 'one',
    madeGeneration: 0,
    told: wantedOf(choices, anActivity()),
    leftovers: [],
    joinUrl: link,
    otherWaysIn: undefined,
    linkedAt: noon,
    problem: undefined,
    askedAt: noon,
    madeAt: noon,
    ...given
  }
}

const unmade = { meetingId: undefined, madeGeneration: undefined, told: undefined, joinUrl: undefined } as const
const unlinked = { joinUrl: undefined } as const
const inLondon = noon.plus({ days: 1 }).setZone('Europe/London') as DateTime<true>
const late = { endsAt: noon } as const
const cancelled = { status: 'cancelled' } as const

const cases: Array<[string, Partial<KeptMeeting>, Partial<MeetingActivity>, object | undefined, string]> = [
  ['as wanted', {}, {}, undefined, 'made'],
  ['asked for', { ...unmade, status: 'asked' }, unlinked, { do: 'make', externalId: activityId, generation: 0 }, 'asked'],
  ['asked for in the place of a pasted link', { ...unmade, status: 'asked', joinUrl: other }, { joinUrl: other }, { do: 'make' }, 'asked'],
  ['a new one', { status: 'asked', generation: 2 }, {}, { do: 'make', externalId: `${activityId}-2`, generation: 2 }, 'asked'],
  ['moved', {}, { startsAt: noon.plus({ hours: 23 }) }, { do: 'change', meetingId: 'one' }, 'asked'],
  ['longer', {}, { endsAt: noon.plus({ days: 1, hours: 2 }) }, { do: 'change' }, 'asked'],
  ['called otherwise', {}, { title: 'Online' }, { do: 'change', wanted: { subject: 'Online' } }, 'asked'],
  ['the same instant in another zone', {}, { startsAt: inLondon }, undefined, 'made'],
  ['another lobby', { lobby: 'nobody-waits' }, {}, { do: 'change', wanted: { lobby: 'nobody-waits' } }, 'asked'],
  ['microphones', { mayUnmute: true }, {}, { do: 'change' }, 'asked'],
  ['cameras', { mayShowCamera: true }, {}, { do: 'change' }, 'asked'],
  ['options not told yet', { told: undefined }, {}, { do: 'change' }, 'asked'],
  ['a draft', {}, { status: 'draft' }, undefined, 'made'],
  ['cancelled', {}, cancelled, { do: 'remove', meetingId: 'one' }, 'asked'],
  ['cancelled after a link was pasted', {}, { ...cancelled, joinUrl: other }, { do: 'remove', meetingId: 'one' }, 'asked'],
  ['cancelled and over', {}, { ...cancelled, ...late }, { do: 'remove' }, 'asked'],
  ['cancelled before it was made', { ...unmade, status: 'asked' }, { ...cancelled, ...unlinked }, undefined, 'removed'],
  ['cancelled and taken away', { meetingId: undefined }, cancelled, undefined, 'removed'],
  ['another link pasted', { status: 'made' }, { joinUrl: other }, undefined, 'removed'],
  ['another link pasted before it was made', { ...unmade, status: 'asked' }, {}, undefined, 'removed'],
  ['the link taken away', {}, unlinked, undefined, 'removed'],
  ['another link pasted, then moved', {}, { joinUrl: other, title: 'Online' }, undefined, 'removed'],
  ['what took its place was made', { leftovers: ['old', 'older'] }, {}, { do: 'remove', meetingId: 'old' }, 'asked'],
  ['made in vain', { ...unmade, status: 'asked', leftovers: ['vain'] }, {}, { do: 'remove', meetingId: 'vain' }, 'asked'],
  ['over', {}, { ...late, title: 'Online' }, undefined, 'made'],
  ['over before it was made', { ...unmade, status: 'asked' }, { ...late, ...unlinked }, undefined, 'asked'],
  ['could not be made', { ...unmade, status: 'failed', problem: 'No.' }, unlinked, undefined, 'failed'],
  ['gone from Teams', { status: 'failed', meetingId: undefined, generation: 1, problem: 'Gone.' }, {}, undefined, 'failed'],
  ['could not be changed', { status: 'failed', mayUnmute: true, problem: 'No.' }, {}, { do: 'change' }, 'asked'],
  ['could not be made, and asked again', { ...unmade, status: 'asked' }, unlinked, { do: 'make' }, 'asked']
]

for (const [what, meeting, activity, step, status] of cases) {
  t.test(`${what}: ${step === undefined ? 'nothing is to be done' : `the next is to ${(step as { do: string }).do}`}`, async t => {
    const [kept, its] = [aMeeting(meeting), anActivity(activity)]

    const next = nextStep(kept, its, noon)

    if (step === undefined) t.equal(next, undefined)
    else t.match(next, step)
    t.equal(statusAfter(kept, its, noon), status)
  })
}

t.test('the lobby of a discreet campaign’s meeting does not tell the topic', async t => {
  const activity = anActivity({
    campaign: { discreet: true, partnership: 'Cumbria safeguarding partnerships' } as Activity['campaign']
  })

  t.equal(wantedOf(aMeeting(), activity).subject, 'Online workshop – Cumbria safeguarding partnerships')
})
