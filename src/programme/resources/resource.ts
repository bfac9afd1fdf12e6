import { draft } from '../../platform/draft.ts'

/** What everyone reads of something that professionals can ask for. */
export interface ResourceTexts {
  name: string
  description: string
  /** How many one request may ask for. */
  most: number
}

export interface Resource extends ResourceTexts {
  id: string
  /** How many there are on the shelf, those that are promised included. */
  stock: number
  promised: number
  isRetired: boolean
}

export const resourceDraft = draft(['name', 'description', 'most'])

/** What a count is about: of two people who count at once, the second reads first what the first has found. */
export const stockDraft = draft(['stock'])

/** How many are on the shelf and promised to nobody. */
export function freeOf ({ stock, promised }: Pick<Resource, 'stock' | 'promised'>): number {
  return Math.max(0, stock - promised)
}

/** How many one request can ask for at the moment. */
export function mayAskFor (resource: Resource): number {
  return resource.isRetired ? 0 : Math.min(resource.most, freeOf(resource))
}
