import type { Candidate } from '../../programme/activities/hosts.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { rolesInWords } from '../../identity/staff/role-in-words.ts'
import { may } from '../../identity/staff/roles.ts'

interface HostsPage {
  activity: KnownActivity
  candidates: readonly Candidate[]
  /** Ids that are ticked: the current hosts, or what was tried. */
  ticked: readonly string[]
  errors?: FormErrors | undefined
}

/**
 * The form that names hosts: people of the leading agency first, and a warning for others who would not get in. A host
 * who cannot sign in at present is not listed, and stays one, because they cannot be unticked.
 */
export function hostsPageOf ({ activity, candidates, ticked, errors }: HostsPage) {
  const isOfTheLeader = ({ agencyId }: Candidate) => agencyId === undefined || agencyId === activity.leadAgencyId
  const itemOf = (candidate: Candidate) => ({
    value: candidate.id,
    text: candidate.name,
    hint: { text: hintOf(candidate, activity) },
    checked: ticked.includes(candidate.id)
  })
  return {
    ...runningOf(activity),
    coHostsHref: `/staff/activities/${activity.slug}/co-hosts`,
    shown: activity.hostIds.filter(id => candidates.some(candidate => candidate.id === id)).join(','),
    items: [
      ...candidates.filter(isOfTheLeader).map(itemOf),
      ...candidates.filter(candidate => !isOfTheLeader(candidate)).map(itemOf)
    ],
    errors
  }
}

function hintOf ({ id, role, agencyId, agency }: Candidate, { leadAgencyId }: KnownActivity): string {
  const who = `${rolesInWords[role].name}, ${agency ?? 'of the partnership'}`
  return may({ id, role, agencyId }, 'see people on the day', { leadAgencyId, hostIds: [id] })
    ? who
    : `${who}. With this role they cannot see who comes: their role has to be ${rolesInWords.host.name}.`
}

interface NamedPeoplePage {
  activity: KnownActivity
  candidates: readonly Candidate[]
  /** Ids of those who are named now. */
  named: readonly string[]
  tried: { ticked: readonly string[], errors: FormErrors } | undefined
}

/** The form that names who may know of an activity. */
export function namedPeoplePageOf ({ activity, candidates, named, tried }: NamedPeoplePage) {
  const ticked = tried?.ticked ?? named
  return {
    ...runningOf(activity),
    isHidden: activity.visibility === 'operational',
    shown: named.filter(id => candidates.some(candidate => candidate.id === id)).join(','),
    items: candidates.map(({ id, name, role, agency }) => ({
      value: id,
      text: name,
      hint: { text: `${rolesInWords[role].name}, ${agency ?? 'of the partnership'}` },
      checked: ticked.includes(id)
    })),
    errors: tried?.errors
  }
}
