import { z } from 'zod'
import type { GraphAccess } from '../../platform/config.ts'
import { TeamsTrouble } from './errors.ts'
import { graphClient, readAs } from './graph-client.ts'
import type { GraphParts, Sentences } from './graph-client.ts'
import { isJoinLink } from './join-link.ts'
import type { Lobby, MadeMeeting, Meetings, WantedMeeting } from './meeting.ts'

const lobbyScopes: Record<Lobby, string> = { 'everyone-waits': 'organizer', 'nobody-waits': 'everyone' }

/** Teams meetings made by Microsoft Graph v1.0, in the name of one account. */
export function graphMeetings (parts: GraphParts): Meetings {
  const { access } = parts
  const meetings = `${access.url}/v1.0/users/${access.organiserId}/onlineMeetings`
  const sentences = sentencesFor(access)
  const ask = graphClient(parts, sentences)

  return {
    async createOrGet (externalId, wanted) {
      const { subject, startDateTime, endDateTime } = bodyOf(wanted)
      return readMeeting(await ask('createOrGet', 'POST', `${meetings}/createOrGet`,
        { externalId, subject, startDateTime, endDateTime }), sentences)
    },

    async change (id, wanted) {
      await ask('change', 'PATCH', `${meetings}/${encodeURIComponent(id)}`, bodyOf(wanted))
    },

    async remove (id) {
      try {
        await ask('remove', 'DELETE', `${meetings}/${encodeURIComponent(id)}`)
      } catch (error) {
        if (!(error instanceof TeamsTrouble && error.trouble === 'gone')) throw error
      }
    }
  }
}

function readMeeting (body: unknown, sentences: Sentences): MadeMeeting {
  const { id, joinWebUrl, joinMeetingIdSettings, audioConferencing: audio } = readAs(Meeting, body, sentences)
  if (!isJoinLink(joinWebUrl)) throw new TeamsTrouble('answer', sentences.answer)
  return {
    id,
    joinUrl: joinWebUrl,
    otherWaysIn: {
      meetingId: joinMeetingIdSettings?.joinMeetingId,
      passcode: joinMeetingIdSettings?.passcode,
      phone: audio?.tollNumber ?? audio?.tollNumbers?.[0],
      freePhone: audio?.tollFreeNumber ?? audio?.tollFreeNumbers?.[0],
      conferenceId: audio?.conferenceId ?? audio?.ConferenceId
    }
  }
}

/**
 * A meeting as Graph takes it: nothing but what its documentation lists as changeable, and always both
 * times. Nobody but the organiser presents, nothing is recorded, and chat is open only while it runs.
 */
function bodyOf ({ subject, startsAt, endsAt, lobby, mayUnmute, mayShowCamera }: WantedMeeting) {
  return {
    subject,
    startDateTime: startsAt.toUTC().toISO(),
    endDateTime: endsAt.toUTC().toISO(),
    lobbyBypassSettings: { scope: lobbyScopes[lobby], isDialInBypassEnabled: lobby === 'nobody-waits' },
    allowedLobbyAdmitters: 'organizerAndCoOrganizersAndPresenters',
    allowedPresenters: 'organizer',
    allowAttendeeToEnableMic: mayUnmute,
    allowAttendeeToEnableCamera: mayShowCamera,
    allowMeetingChat: 'limited',
    allowRecording: false,
    recordAutomatically: false,
    allowTranscription: false,
    isEntryExitAnnounced: false
  }
}

/** What is not as it should be in what nobody depends on is left out. */
const text = (pattern: RegExp) => z.string().trim().regex(pattern).optional().catch(undefined)
const phone = text(/^[+\d][\d ().-]{3,40}$/)
const digits = text(/^\d[\d ]{1,30}#?$/)

/** Microsoft's own examples write `conferenceId` in two ways; without the licence there is none. */
const Meeting = z.object({
  id: z.string().min(1).max(2048),
  joinWebUrl: z.string(),
  joinMeetingIdSettings: z.object({ joinMeetingId: digits, passcode: text(/^[!-~]{1,64}$/) }).optional().catch(undefined),
  audioConferencing: z.object({
    tollNumber: phone,
    tollNumbers: z.array(phone).optional().catch(undefined),
    tollFreeNumber: phone,
    tollFreeNumbers: z.array(phone).optional().catch(undefined),
    conferenceId: digits,
    ConferenceId: digits
  }).optional().catch(undefined)
})

/** What staff read about each trouble, and what they can do; commands on lines of their own. */
function sentencesFor ({ clientId, organiserId }: GraphAccess): Sentences {
  const askWhoRuns = 'Ask the people who run this service to check'
  return {
    busy: 'Microsoft Teams is busy.',
    unreachable: 'Microsoft Teams could not be reached.',
    policy: 'Microsoft does not let this service make meetings in the name of the workshop account. Ask your Microsoft 365 ' +
      'administrator to run these two commands, and try again half an hour later:\n' +
      `New-CsApplicationAccessPolicy -Identity Placekeeper -AppIds "${clientId}"\n` +
      `Grant-CsApplicationAccessPolicy -PolicyName Placekeeper -Identity "${organiserId}"`,
    permission: 'Microsoft does not let this service make meetings. Ask your Microsoft 365 administrator to give its app ' +
      'the application permission OnlineMeetings.ReadWrite.All, with admin consent.',
    credentials: `Microsoft does not accept this service’s credentials. ${askWhoRuns} GRAPH_TENANT_ID, GRAPH_CLIENT_ID ` +
      'and GRAPH_CLIENT_SECRET: the secret may have expired.',
    organiser: `Microsoft does not know the account that meetings are to belong to. ${askWhoRuns} GRAPH_ORGANISER_ID.`,
    gone: 'This meeting is not in Microsoft Teams any more, so its link leads nowhere. Make a new meeting.',
    details: 'Microsoft Teams does not accept this meeting’s title or times.',
    answer: `What Microsoft answered is not a Teams meeting. ${askWhoRuns} GRAPH_URL and GRAPH_LOGIN_URL, and look at the log.`
  }
}
