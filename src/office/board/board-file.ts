import { csvFile } from '../../platform/csv.ts'
import { kindInWords, runnerOf, whereInWords } from '../../programme/activities/page.ts'
import { outcomeNumbers } from '../../programme/activities/outcome-numbers.ts'
import type { OutcomeNumbers } from '../../programme/activities/outcome-numbers.ts'
import { wallClock } from '../../programme/activities/local-time.ts'
import type { Planned } from './board.ts'
import { risksInWords, stagesInWords } from './in-words.ts'
import { noPlan } from './plan.ts'
import type { NamedPlan } from './queries.ts'
import { ownerInWords } from './staff-page.ts'

const columns = [
  'slug', 'day', 'starts', 'ends', 'title', 'kind', 'agency', 'district', 'place', 'stage', 'state', 'visibility', 'owner',
  'owner_email', 'staffing', 'materials', 'risk_assessment', 'risk_assessed_by', 'risk_assessed_on', 'places', 'booked',
  'people_reached', 'premises_visited', 'leaflets_given', 'conversations', 'run_by'
]

/**
 * The board as CSV, a row for each activity, in order of time; `agency` leads it, and `run_by` is who does it.
 * `numbers` are what activities came to, of those that this person runs; not said is empty, and never 0.
 */
export function boardFileOf (
  planned: ReadonlyArray<Planned<NamedPlan>>, numbers: ReadonlyMap<string, OutcomeNumbers>
): string {
  const rows = planned.map(({ activity, plan = { ...noPlan, ownerStaffName: undefined }, stage }) => {
    const [starts, ends] = [wallClock(activity.startsAt, activity.zone), wallClock(activity.endsAt, activity.zone)]
    const takesBookings = activity.booking === 'places'
    return [
      activity.slug,
      starts.slice(0, 10),
      activity.allDay ? '' : starts.slice(11),
      activity.allDay ? '' : starts.slice(0, 10) === ends.slice(0, 10) ? ends.slice(11) : ends,
      activity.title,
      kindInWords[activity.kind],
      activity.leadAgency ?? '',
      activity.district ?? '',
      whereInWords(activity),
      stagesInWords[stage],
      activity.status,
      activity.visibility,
      ownerInWords(plan),
      plan.ownerEmail,
      plan.staffing,
      plan.materials,
      risksInWords[plan.risk],
      plan.riskBy,
      plan.riskOn,
      takesBookings ? String(activity.capacity ?? '') : '',
      takesBookings ? String(activity.occupancy.confirmed + (activity.forgotten?.places ?? 0)) : '',
      ...outcomeNumbers.map(number => String(numbers.get(activity.id)?.[number] ?? '')),
      runnerOf(activity)
    ]
  })
  return csvFile(columns, rows)
}
