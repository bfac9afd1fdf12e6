import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import { freeOf, isLow, resourceDraft, stockDraft } from './resource.ts'
import type { Resource, ResourceTexts } from './resource.ts'
import type { StockChange } from './stock-history.ts'

/** What was typed, and what is wrong with it. */
export interface Tried {
  values: Readonly<Record<string, string | undefined>>
  errors: FormErrors
  /** The version that was read, unless both are shown beside each other now. */
  versionHash?: string | undefined
  /** What was meant, beside what is there now. */
  mine?: ResourceTexts
}

/** Resources in a table, those that nobody can ask for any more last. */
export function stockPageOf (resources: readonly Resource[]) {
  return {
    table: {
      first: 'Resource',
      columns: ['On the shelf', 'Promised', 'Free', 'Most for one request'].map(text => ({ text })),
      rows: resources.map(resource => ({
        href: hrefOf(resource),
        name: resource.name,
        isLow: isLow(resource),
        more: resource.isRetired ? 'Not given out any more' : undefined,
        cells: [resource.stock, resource.promised, freeOf(resource), resource.most].map(of => of.toLocaleString('en-GB'))
      }))
    }
  }
}

export function newResourcePageOf (submission: string, tried?: Tried) {
  return { submission, values: tried?.values ?? {}, errors: tried?.errors }
}

const names = {
  name: 'Name', description: 'Description', most: 'The most for one request', warnBelow: 'Tell us when fewer are left'
}

/** One resource: what everyone reads of it, how many there are, and how that came to be. */
export function resourcePageOf (
  resource: Resource, { changes, total }: { changes: readonly StockChange[], total: number }, tried?: Tried
) {
  const { name, description, most, warnBelow, stock, promised, isRetired } = resource
  return {
    resource: { name, stock, promised, free: freeOf(resource), warnBelow, isRetired, isLow: isLow(resource) },
    history: {
      first: 'When',
      columns: [
        { text: 'Change' }, { text: 'On the shelf then' }, { text: 'Why', isText: true }, { text: 'Who', isText: true }
      ],
      rows: changes.map(changeInWords)
    },
    earlier: total - changes.length,
    href: hrefOf(resource),
    versionHash: tried?.versionHash ?? resourceDraft.versionHash(resource),
    stockHash: stockDraft.versionHash(resource),
    comparison: tried?.mine === undefined ? [] : resourceDraft.compared(resource, tried.mine, names),
    values: { name, description, most: String(most), warn_below: String(warnBelow ?? ''), ...tried?.values },
    errors: tried?.errors
  }
}

function changeInWords ({ at, by = 'Someone', cause, change, stock, reason }: StockChange) {
  const why = cause === 'given-out' ? 'Given out for a request' : cause === 'added' ? 'The first count' : reason ?? ''
  return {
    name: at.setZone(officeZone).setLocale('en-GB').toFormat('d LLL yyyy, HH:mm'),
    cells: [change > 0 ? `+${change}` : `\u2212${-change}`, stock, why, by]
  }
}

export function hrefOf ({ id }: Pick<Resource, 'id'>): string {
  return `/staff/resources/stock/${id}`
}
