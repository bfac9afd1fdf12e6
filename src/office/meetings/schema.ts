import { z } from 'zod'
import { confirmed } from '../../identity/staff/schema.ts'
import { answer, answerInNumbers, unknownField } from '../../platform/http/form-answers.ts'
import { isJoinLink, withoutSafeLinks } from '../../programme/teams/join-link.ts'
import { lobbies } from '../../programme/teams/meeting.ts'

/** A checkbox: ticked, or not sent at all. */
function box (noun: string) {
  return z.literal('yes', { error: ({ input }) => Array.isArray(input) ? `${noun} must be given only once` : `${noun} must be ticked or not` })
    .optional().transform(given => given === 'yes')
}

/** The form that asks for a Teams meeting, or for other options of the existing one. */
export const meetingForm = z.strictObject({
  lobby: answer('Who waits', 'Select who waits to be let in')
    .pipe(z.enum(lobbies, 'Select who waits to be let in')),
  may_unmute: box('Microphones'),
  may_show_camera: box('Cameras'),
  seen: answer('Link seen', 'Load this page again').pipe(z.string().max(64, 'Load this page again')),
  confirmed
}, { error: unknownField })

export const meetingFields = ['lobby', 'may_unmute', 'may_show_camera'] as const

/** The form on which a link is pasted. The safety wrapper that Outlook and Teams put around it is removed. */
export const linkForm = z.strictObject({
  join_url: answer('Teams link', 'Enter the Teams link').trim().min(1, { error: 'Enter the Teams link', abort: true })
    .transform(withoutSafeLinks)
    .refine(isJoinLink, 'Enter the link of a Teams meeting, as Teams gives it: https://teams.microsoft.com/…'),
  confirmed
}, { error: unknownField })

export const linkFields = ['join_url'] as const

/** The button that replaces a meeting by a new one. */
export const replacementForm = z.strictObject({
  generation: answerInNumbers('The meeting', 0, 100_000),
  confirmed
}, { error: unknownField })
