import { whereInWords } from '../../programme/activities/page.ts'
import { isOnline } from '../../programme/activities/draft.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import type { Plan } from '../../programme/programme-file/commands.ts'
import { countOf } from '../../programme/programme-file/commands.ts'
import type { ProgrammeProblem } from '../../programme/programme-file/errors.ts'
import { staleCells } from '../../programme/programme-file/plan.ts'
import type { CellChange, Change } from '../../programme/programme-file/plan.ts'
import type { Reached } from '../editor/effects.ts'
import { ConfirmationRequired, effectsOf } from '../../identity/staff/confirmation.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { askedInWords, importEffects, reachedInWords } from './effects.ts'
import type { Upload } from './queries.ts'

/** More rows than this take a while to import. */
const manyRows = 500

/** The page on which the programme is downloaded and uploaded. */
export function programmePageOf (
  { campaigns, campaign, problems = [], errors }: {
    campaigns: ReadonlyArray<{ slug: string, title: string }>
    campaign?: string | undefined
    /** What is wrong with a file. */
    problems?: readonly ProgrammeProblem[]
    errors?: FormErrors | undefined
  }
) {
  return {
    campaigns: [
      { value: '', text: 'All campaigns' },
      ...campaigns.map(({ slug, title }) => ({ value: slug, text: title, selected: slug === campaign }))
    ],
    problems: problems.map(problemInWords),
    errors
  }
}

/** What stands in a file, and where: `column` as it stands in the first row. */
function problemInWords ({ row, column, text }: ProgrammeProblem) {
  return { row, column, text: column === undefined && row === undefined ? text : upperFirst(text) }
}

function upperFirst (text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The page that says what a file would do, before it is done: every cell, and who is told. */
export function previewPageOf (
  id: string, { changes, problems }: Plan, reached: ReadonlyMap<string, Reached>, token: string | undefined
) {
  const stale = staleCells(changes)
  const counts = countOf(changes)
  return {
    action: `/staff/programme/${id}`,
    counts,
    ...effectsOf(new ConfirmationRequired(importEffects(changes, reached), token)),
    problems: [...problems, ...stale].map(problemInWords),
    isStale: stale.length > 0,
    takesLong: counts.created + counts.updated > manyRows,
    created: changes.filter(({ outcome }) => outcome === 'created').map(newActivityOf),
    updated: changes.filter(({ outcome, asked }) => outcome === 'updated' || asked !== undefined).map(change => changedActivityOf(change, reached))
  }
}

function newActivityOf ({ row, draft, notes }: Change) {
  return {
    row,
    title: draft.title,
    slug: draft.slug,
    when: whenInWords(draft),
    where: whereInWords({ isOnline: isOnline(draft), venue: draft.venue, district: draft.district }),
    isPublished: draft.status === 'published',
    notes: notes.map(upperFirst)
  }
}

function changedActivityOf (
  { row, current, draft, cells, asked, notes }: Change, reached: ReadonlyMap<string, Reached>
) {
  return {
    row,
    title: current?.title ?? draft.title,
    href: `/staff/activities/${draft.slug}`,
    cells: [...cells, ...asked?.cells ?? []].map(cell => ({ ...cellOf(cell), waits: !cells.includes(cell) })),
    effects: [...reachedInWords(reached.get(draft.slug)), ...notes.map(note => `${upperFirst(note)}.`)]
  }
}

/** A cell as it is and as it will be. A Teams link lets anyone in, so it is not shown. */
function cellOf ({ column, from, to }: CellChange) {
  const isLink = column === 'join_url'
  return {
    what: upperFirst(column.replaceAll('_', ' ')),
    from: from === '' ? 'Nothing' : isLink ? 'A Teams link' : from,
    to: to === '' ? 'Nothing' : isLink ? (from === '' ? 'A Teams link' : 'Another Teams link') : to
  }
}

/** The page after a file was imported. */
export function importedPageOf ({ created, updated, unchanged, asked }: NonNullable<Upload['imported']>) {
  const rows = (count: number, one: string, many: string) => count === 1 ? `1 activity ${one}.` : `${count.toLocaleString('en-GB')} activities ${many}.`
  return {
    done: 'The file is imported.',
    sentences: [
      ...created === 0 ? [] : [rows(created, 'is new', 'are new')],
      ...updated === 0 ? [] : [rows(updated, 'has changed', 'have changed')],
      ...unchanged === 0 ? [] : [rows(unchanged, 'is as it was', 'are as they were')],
      ...asked === 0 ? [] : [askedInWords(asked)]
    ]
  }
}
