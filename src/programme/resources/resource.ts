import { draft } from '../../platform/draft.ts'

/** What organisers say of something that professionals can ask for. */
export interface ResourceTexts {
  name: string
  description: string
  /** How many one request may ask for. */
  most: number
  /** Staff are told when fewer than this are free; undefined: never. */
  warnBelow: number | undefined
}

export interface Resource extends ResourceTexts {
  id: string
  /** How many there are on the shelf, those that are promised included. */
  stock: number
  promised: number
  isRetired: boolean
}

export const resourceDraft = draft(['name', 'description', 'most', 'warnBelow'])

/** What a count is about: of two people who count at once, the second reads first what the first has found. */
export const stockDraft = draft(['stock'])

/** How many are on the shelf and promised to nobody. */
export function freeOf ({ stock, promised }: Pick<Resource, 'stock' | 'promised'>): number {
  return Math.max(0, stock - promised)
}

/** Whether there is so little left that someone should get more. */
export function isLow (resource: Pick<Resource, 'stock' | 'promised' | 'warnBelow' | 'isRetired'>): boolean {
  return !resource.isRetired && resource.warnBelow !== undefined && freeOf(resource) < resource.warnBelow
}

/** How many one request can ask for at the moment. */
export function mayAskFor (resource: Resource): number {
  return resource.isRetired ? 0 : Math.min(resource.most, freeOf(resource))
}
