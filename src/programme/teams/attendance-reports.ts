/** Who was in a meeting between two instants, in milliseconds, as Microsoft's report says. */
export interface MeetingJoin {
  /** Self-typed by whoever has not signed in. */
  name: string
  /** Only of people who have signed in. */
  address: string | undefined
  role: 'organiser' | 'presenter' | 'attendee' | undefined
  from: number
  to: number
}

/** Where Microsoft is asked who was in a meeting. Nothing of what it answers is kept. Throws `TeamsTrouble`. */
export interface AttendanceReports {
  /** Id of the workshop account's meeting with a join link; undefined if it has none. */
  findMeetingId: (joinUrl: string) => Promise<string | undefined>
  /** Who was in a meeting, by all of its reports that overlap a stretch of time. */
  listJoins: (meetingId: string, overlapping: { from: number, to: number }) => Promise<MeetingJoin[]>
}
