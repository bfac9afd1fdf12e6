import type { DateTime } from 'luxon'
import { addressFor } from '../activities/address.ts'
import { isEditionOf } from './edition.ts'
import type { ProgrammeProblem } from './errors.ts'
import type { ProgrammeLine, Surroundings } from './lines.ts'

/** An activity that has a slug already, as far as it matters for whoever imports. */
export interface Taken {
  campaignId: string
  startsAt: DateTime<true>
  /** Whether they may change it, or only know of it, or not even that. */
  reach: 'theirs' | 'known' | 'hidden'
}

/**
 * The addresses that nobody guesses of a row without one, the first in use or free of which it has: always the same for
 * the same campaign, title, start and lead. Rows that have all these in common have several. Of its agency's and of
 * operational work, so that a row finds its activity where only who may see it has changed.
 */
export type Unguessable = (line: ProgrammeLine) => ReadonlyArray<Record<'agency' | 'operational', string>>

export function unguessable (
  lines: readonly ProgrammeLine[], { agencies }: Pick<Surroundings, 'agencies'>, mark: (text: string) => string
): Unguessable {
  // The id of an agency that the file names first is another each time that it is read.
  const agencySlugs = new Map([...agencies].map(([slug, { id }]) => [id, slug]))
  const keyOf = ({ draft: { campaignId, title, startsAt, leadAgencyId = '' } }: ProgrammeLine) =>
    JSON.stringify([campaignId, title, startsAt.toMillis(), agencySlugs.get(leadAgencyId)])
  const rows = new Map<string, number>()
  for (const line of lines) rows.set(keyOf(line), (rows.get(keyOf(line)) ?? 0) + 1)
  return line => {
    const [key, { title }] = [keyOf(line), line.draft]
    return Array.from({ length: (rows.get(key) ?? 0) + 1 }, (_, n) => {
      const marked = mark(`${n} ${key}`)
      const as = (visibility: 'agency' | 'operational') => addressFor({ title, visibility }, marked)
      return { agency: as('agency'), operational: as('operational') }
    })
  }
}

/** Room for a hyphen and a number. */
const mostBeforeNumber = 72

/**
 * Gives each row a slug of its own. A row that says one keeps it; one that does not gets the first that is free, or
 * that of the activity which an earlier import of the same rows has made.
 *
 * An activity of which someone may not know answers like a new one whose title is taken: its slug is passed over. A row
 * that was exported from it answers as if it was deleted. `mayComeBack` lets such rows make it anew.
 */
export function withSlugs (
  lines: readonly ProgrammeLine[], taken: ReadonlyMap<string, Taken>,
  { mayComeBack, unguessable }: { mayComeBack: boolean, unguessable: Unguessable }
): { lines: ProgrammeLine[], problems: ProgrammeProblem[] } {
  const isHidden = (slug: string) => taken.get(slug)?.reach === 'hidden'
  const problems: ProgrammeProblem[] = []
  const problem = ({ row }: ProgrammeLine, text: string) => { problems.push({ row, column: 'slug', text }) }
  const rowOf = new Map<string, number>()
  for (const line of lines.filter(({ hasSlug }) => hasSlug)) {
    const { draft: { slug }, row } = line
    const earlier = rowOf.get(slug)
    if (earlier !== undefined) problem(line, `is ${slug}, as in row ${earlier}: give each row a slug of its own`)
    else if (!isHidden(slug)) rowOf.set(slug, row)
  }

  const inOrder = lines.map(line => {
    const { draft, hasSlug, edition } = line
    const { slug } = draft
    const known = isHidden(slug) ? undefined : taken.get(slug)
    if (hasSlug && known === undefined && !mayComeBack && edition !== undefined && isEditionOf(edition, slug)) {
      problem(line, 'is of an activity that was deleted, or that is not yours any more. ' +
        'To make a new one, empty this cell and the one below “edition”')
    }
    if (hasSlug && known?.reach === 'known') {
      problem(line, 'is of an activity that another organisation runs. Ask them to change it, or take this row out')
    }
    if (hasSlug && !isHidden(slug)) return line
    const own = hasSlug ? freeSlug(line, rowOf, taken) : slugFor(line, rowOf, taken, unguessable(line))
    rowOf.set(own, line.row)
    return { ...line, draft: { ...draft, slug: own } }
  })
  return { lines: inOrder, problems }
}

/**
 * The slug of a row that says none. One that was made before is found again, also where an earlier version made it from
 * the title alone.
 */
function slugFor (
  line: ProgrammeLine, inFile: ReadonlyMap<string, number>, taken: ReadonlyMap<string, Taken>,
  unguessable: ReturnType<Unguessable>
): string {
  const { draft } = line
  const { visibility } = draft
  const fromTitle = freeSlug(line, inFile, taken)
  const isTheirs = (slug: string) => !inFile.has(slug) && taken.get(slug)?.reach === 'theirs'
  const those = (of: 'agency' | 'operational') => unguessable.map(slugs => slugs[of])
  const [own, other] = visibility === 'operational' ? ['operational', 'agency'] as const : ['agency', 'operational'] as const
  const made = [...those(own), ...those(other)].find(isTheirs)
  const madeFromTitle = taken.has(fromTitle) ? fromTitle : undefined
  if (visibility !== 'agency' && visibility !== 'operational') return madeFromTitle ?? made ?? fromTitle
  const free = those(visibility).find(slug => !inFile.has(slug) && !taken.has(slug))
  return made ?? madeFromTitle ?? free ?? addressFor(draft)
}

function freeSlug (
  { draft: { slug, campaignId, startsAt } }: ProgrammeLine, inFile: ReadonlyMap<string, number>,
  taken: ReadonlyMap<string, Taken>
): string {
  const ofThis = (candidate: string) => {
    const found = taken.get(candidate)
    return found?.reach === 'theirs' && found.campaignId === campaignId ? found : undefined
  }
  const isFree = (candidate: string) => !inFile.has(candidate) && !taken.has(candidate) && candidate !== 'new'
  if (isFree(slug) || (!inFile.has(slug) && ofThis(slug) !== undefined)) return slug
  const base = slug.slice(0, mostBeforeNumber)
  for (let n = 2; ; n++) {
    const candidate = `${base}-${n}`
    const isTheSame = ofThis(candidate)?.startsAt.toMillis() === startsAt.toMillis()
    if (isFree(candidate) || (!inFile.has(candidate) && isTheSame)) return candidate
  }
}
