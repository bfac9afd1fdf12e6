import type { DateTime } from 'luxon'
import { isEditionOf } from './edition.ts'
import type { ProgrammeProblem } from './errors.ts'
import type { ProgrammeLine } from './lines.ts'

/** An activity that has a slug already, as far as it matters for whoever imports. */
export interface Taken {
  campaignId: string
  startsAt: DateTime<true>
  /** Whether they may change it, or only know of it, or not even that. */
  reach: 'theirs' | 'known' | 'hidden'
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
  lines: readonly ProgrammeLine[], taken: ReadonlyMap<string, Taken>, { mayComeBack }: { mayComeBack: boolean }
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
    const free = freeSlug(line, rowOf, taken)
    rowOf.set(free, line.row)
    return { ...line, draft: { ...draft, slug: free } }
  })
  return { lines: inOrder, problems }
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
