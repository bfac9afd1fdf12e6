/** What an action can be done to. */
export type SubjectKind = 'activity' | 'staff' | 'booking' | 'campaign' | 'agency' | 'contact'

const anyOf: Record<SubjectKind, string> = {
  activity: 'an activity',
  staff: 'a member of staff',
  booking: 'a booking',
  campaign: 'a campaign',
  agency: 'an agency',
  contact: 'a support contact'
}

type Words = readonly [says: string, of?: SubjectKind]

/** What each action of identity/staff/audit.ts says after the name of the person; `…` is what it was done to. */
const words: Readonly<Record<string, Words>> = {
  'staff.added': ['added … to those who work here', 'staff'],
  'staff.changed': ['changed the account of …', 'staff'],
  'staff.disabled': ['disabled …', 'staff'],
  'staff.enabled': ['enabled …', 'staff'],
  'staff.link-made': ['made a sign-in link for …', 'staff'],
  'staff.signed-in': ['signed in'],
  'sign-in.refused': ['typed a wrong sign-in code for …', 'staff'],
  'staff.signed-out': ['signed out'],
  'session.ended': ['ended sessions of …', 'staff'],
  'staff.shown-again': ['showed again who they are'],
  'factor.set-up': ['set up the authenticator of …', 'staff'],
  'factor.replaced': ['replaced the authenticator of …', 'staff'],
  'factor.removed': ['removed the authenticator of …', 'staff'],
  'factor.refused': ['typed wrong codes, and was signed out, as …', 'staff'],
  'work-account.connected': ['connected the work account of …', 'staff'],
  'work-account.disconnected': ['disconnected the work account of …', 'staff'],
  'attendees.exported': ['exported the attendees of …', 'activity'],
  'attendees.export-cut-off': ['did not get all of the attendees of …', 'activity'],
  'attendees.list-announced': ['was told by email that their list is ready, of …', 'activity'],
  'standing-list.made': ['set up a list that is sent regularly'],
  'standing-list.changed': ['changed a list that is sent regularly'],
  'standing-list.stopped': ['stopped a list that was sent regularly'],
  'standing-list.started': ['started a list again that is sent regularly'],
  'standing-list.deleted': ['deleted a list that was sent regularly'],
  'standing-list.failed': ['does not get a list any more, because it failed too often'],
  'sign-in-sheet.printed': ['made a sign-in sheet for …', 'activity'],
  'campaign.added': ['added the campaign …', 'campaign'],
  'campaign.changed': ['changed the texts of the campaign …', 'campaign'],
  'campaign.messages-changed': ['changed the key messages of the campaign …', 'campaign'],
  'campaign.press-changed': ['changed who journalists turn to about the campaign …', 'campaign'],
  'campaign.basics-changed': ['changed the kind, the dates or who runs the campaign …', 'campaign'],
  'cycle.changed': ['changed the dates of the year of the campaign …', 'campaign'],
  'advice.added': ['added the page of advice …'],
  'advice.changed': ['changed the page of advice …'],
  'advice.removed': ['removed the page of advice …'],
  'agency.added': ['added the agency …', 'agency'],
  'agency.changed': ['renamed the agency …', 'agency'],
  'succession.planned': ['planned who takes over from “…”'],
  'succession.withdrawn': ['withdrew who would take over from “…”'],
  'succession.done': ['planned who takes over from “…”, which is done now'],
  'reply-address.changed': ['changed where replies to emails of “…” go'],
  'feed.made': ['made the secret calendar link “…”'],
  'feed.ended': ['ended the secret calendar link “…”'],
  'programme.imported': ['imported a programme'],
  'programme.exported': ['downloaded the programme as a file'],
  'hold.made': ['kept places for an agency on …', 'activity'],
  'hold.changed': ['changed a hold on …', 'activity'],
  'hold.returned': ['gave back a hold on …', 'activity'],
  'places.changed': ['changed the places of …', 'activity'],
  'priority-group.named': ['named a priority group of …', 'activity'],
  'priority-group.removed': ['removed a priority group of …', 'activity'],
  'booking.prioritised': ['changed the turn of …', 'booking'],
  'booking.picked': ['gave a place from the waiting list to …', 'booking'],
  'another-date.made': ['made another date, …', 'activity'],
  'join-link.changed': ['changed the Teams link of …', 'activity'],
  'join-link.removed': ['removed the Teams link of …', 'activity'],
  'arrangements.changed': ['changed joining and emails of …', 'activity'],
  'activity.created': ['made the activity …', 'activity'],
  'activity.changed': ['changed the activity …', 'activity'],
  'activity.published': ['published …', 'activity'],
  'activity.taken-down': ['took down …', 'activity'],
  'activity.repeated': ['repeated …', 'activity'],
  'activity.cancelled': ['cancelled …', 'activity'],
  'activity.deleted': ['deleted the draft …', 'activity'],
  'booking.cancelled': ['cancelled a booking for …', 'activity'],
  'booking.made': ['booked someone in by phone for …', 'activity'],
  'booking.corrected': ['changed the details of a booking for …', 'activity'],
  'booking.links-ended': ['ended the links to a booking for …, and made new ones', 'activity'],
  'booking.moved': ['moved a booking away from …', 'activity'],
  'booking.turn-restored': ['restored a turn on the waiting list of …', 'activity'],
  'booking.access-answered': ['answered an access need for …', 'activity'],
  'booking.telephoned': ['told someone by phone about …', 'activity'],
  'meeting.asked': ['asked for a Teams meeting for …', 'activity'],
  'meeting.replaced': ['replaced the Teams meeting of …', 'activity'],
  'letter.sent-again': ['sent an email again to …', 'booking'],
  'bulletin.written': ['wrote a message to people of …', 'activity'],
  'bulletin.tested': ['tested a message to people of …', 'activity'],
  'bulletin.sent': ['sent a message to people of …', 'activity'],
  'bulletin.stopped': ['stopped a message to people of …', 'activity'],
  'contact.added': ['added the support contact …', 'contact'],
  'contact.changed': ['changed the support contact …', 'contact'],
  'contact.checked': ['checked the support contact …', 'contact'],
  'contact.removed': ['removed the support contact …', 'contact'],
  'plan.changed': ['changed the plan of …', 'activity'],
  'campaign.copied': ['copied a week to new dates, as the campaign …', 'campaign'],
  'co-host.invited': ['invited someone to co-host …', 'activity'],
  'co-host.accepted': ['accepted to co-host …', 'activity'],
  'co-host.taken-back': ['took back an invitation to co-host …', 'activity'],
  'co-host.ended': ['ended someone’s co-hosting of …', 'activity'],
  'hosts.changed': ['changed who hosts …', 'activity'],
  'named-people.changed': ['changed who may know of …', 'activity'],
  'approval.asked': ['asked for approval of …', 'activity'],
  'approval.returned': ['sent … back for changes', 'activity'],
  'approval.emails-changed': ['turned emails about what waits for … on or off', 'staff'],
  'proposal.made': ['asked to change what everyone reads of …', 'activity'],
  'proposal.withdrawn': ['withdrew a change of … that waited for approval', 'activity'],
  'proposal.approved': ['approved a change of …', 'activity'],
  'proposal.returned': ['sent a change of … back', 'activity'],
  'entry-form.changed': ['changed the form by which people enter activities in …', 'campaign'],
  'entry.made': ['entered, without an account, the activity …', 'activity'],
  'entry.changed': ['changed, without an account, the activity …', 'activity'],
  'entry.withdrawn': ['withdrew, without an account, the activity …', 'activity'],
  'entry.cancelling-asked': ['asked, without an account, to cancel …', 'activity'],
  'entry.not-cancelled': ['did not cancel, although who entered it asked for it, …', 'activity'],
  'entry.refused': ['refused what was entered as …'],
  'entry.link-renewed': ['sent a new link to who entered …', 'activity'],
  'entries.invited': ['invited people who took part before to …', 'campaign'],
  'entries.exported': ['exported what was entered in …', 'campaign'],
  'areas.changed': ['changed the areas of …', 'campaign'],
  'coordinators.changed': ['changed who approves what becomes public in …', 'campaign'],
  'release.asked': ['asked to show … to everyone', 'activity'],
  'release.agreed': ['agreed to show … to everyone', 'activity'],
  'release.ended': ['kept … from the public again', 'activity'],
  'attendance.changed': ['noted who came to …', 'activity'],
  'attendance.imported': ['took who came from a Teams report, for …', 'activity'],
  'walk-ins.changed': ['noted how many came without a booking to …', 'activity'],
  'question.answered': ['marked a question as answered on …', 'activity'],
  'question.handed-over': ['handed a question to safeguarding on …', 'activity'],
  'questions.chosen': ['chose what people are asked about …', 'activity'],
  'questions.suggested': ['chose what people are asked about every activity of …', 'campaign'],
  'scenario.added': ['added the scenario …'],
  'scenario.changed': ['changed the scenario …'],
  'scenario.published': ['published the scenario …'],
  'scenario.taken-down': ['took down the scenario …'],
  'scenario.deleted': ['deleted the scenario …'],
  'evaluation.text-deleted': ['deleted what someone wrote about …', 'activity'],
  'evaluation.exported': ['exported what people thought of …', 'activity'],
  'resource.added': ['added the resource …'],
  'resource.changed': ['changed the resource …'],
  'resource.stock-changed': ['changed the stock of …'],
  'resource.retired': ['stopped giving out …'],
  'resource.restored': ['gave out again …'],
  'download.added': ['let everyone download …'],
  'download.removed': ['took away the download …'],
  'outcome.told': ['said by a link what … came to', 'activity'],
  'outcome.noted': ['noted what … came to', 'activity'],
  'outcome-asking.changed': ['changed whether people are asked for numbers of the campaign …', 'campaign'],
  'outcomes.asked-again': ['asked again for numbers of the campaign …', 'campaign'],
  'learning.chosen': ['chose what was learnt for the report of the campaign …', 'campaign'],
  'thanks.sent': ['thanked those who took part in the campaign …', 'campaign'],
  'resources.approved': ['approved a request for resources'],
  'resources.packed': ['packed resources that someone asked for'],
  'resources.handed-over': ['gave out resources that someone asked for'],
  'resources.refused': ['refused a request for resources'],
  'resources.exported': ['exported requests for resources'],
  'audit.exported': ['exported the audit trail'],
  'request.recorded': ['wrote down a request or complaint'],
  'request.answered': ['answered a request or complaint'],
  'request.extended': ['took more time for a request'],
  'request.told': ['told someone our answer, or that we need more time, by phone or post'],
  'legal-hold.set': ['set a legal hold'],
  'legal-hold.changed': ['changed a legal hold'],
  'legal-hold.lifted': ['lifted a legal hold'],
  'person.shown': ['looked at everything about a person'],
  'person.exported': ['downloaded everything about a person'],
  'person.erased': ['deleted everything about a person'],
  'erasure.done': ['asked for a deletion that is done now'],
  'backup.restored': ['restored everything from a backup']
}

/** Actions by someone who is not signed in, so that no one knows who it was. */
export const actionsOfUnknownPeople = ['sign-in.refused', 'factor.refused']

/** An action without words of its own is shown by its name: `session.ended` is “session ended: …”. */
function wordsFor (action: string): Words {
  const known = Object.hasOwn(words, action) ? words[action] : undefined
  return known ?? [`${action.replaceAll(/[.-]/g, ' ')}: …`]
}

/** What an action's subject is, so that it can be looked up; undefined: nothing, or not known. */
export function subjectKindOf (action: string): SubjectKind | undefined {
  return wordsFor(action)[1]
}

/** What was done, to follow the name of the person: the words before and after the subject. */
export function actionInWords (
  action: string, subject: string | undefined
): { before: string, subject: string, after: string } {
  const [says] = wordsFor(action)
  const [before = '', after] = says.split('…')
  if (after === undefined) return { before, subject: '', after: '' }
  return subject === undefined ? { before: before.replace(/: $/, ''), subject: '', after } : { before, subject, after }
}

/** Name of an action to choose: `Exported the attendees of an activity`. */
export function nameOf (action: string): string {
  const [says, of] = wordsFor(action)
  const name = says.replace(/: …$/, '').replace('…', of === undefined ? '' : anyOf[of]).trim()
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** Every action that has words. */
export const actions = Object.keys(words)
