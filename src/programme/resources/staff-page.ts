import type { FormErrors } from '../../platform/http/form-errors.ts'
import { freeOf, resourceDraft, stockDraft } from './resource.ts'
import type { Resource, ResourceTexts } from './resource.ts'

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
    resources: resources.map(resource => ({
      href: hrefOf(resource),
      name: resource.name,
      stock: resource.stock,
      promised: resource.promised,
      free: freeOf(resource),
      most: resource.most,
      isRetired: resource.isRetired
    }))
  }
}

export function newResourcePageOf (submission: string, tried?: Tried) {
  return { submission, values: tried?.values ?? {}, errors: tried?.errors }
}

const names = { name: 'Name', description: 'Description', most: 'The most for one request' }

/** One resource: what everyone reads of it, and how many there are. */
export function resourcePageOf (resource: Resource, tried?: Tried) {
  const { name, description, most, stock, promised, isRetired } = resource
  return {
    resource: { name, stock, promised, free: freeOf(resource), isRetired },
    href: hrefOf(resource),
    versionHash: tried?.versionHash ?? resourceDraft.versionHash(resource),
    stockHash: stockDraft.versionHash(resource),
    comparison: tried?.mine === undefined ? [] : resourceDraft.compared(resource, tried.mine, names),
    values: { name, description, most: String(most), ...tried?.values },
    errors: tried?.errors
  }
}

export function hrefOf ({ id }: Pick<Resource, 'id'>): string {
  return `/staff/resources/stock/${id}`
}
