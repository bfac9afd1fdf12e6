import { downloadInWords } from './download.ts'
import type { Download } from './download.ts'
import { freeOf, mayAskFor } from './resource.ts'
import type { Resource } from './resource.ts'

/** What professionals can ask for, with the files beside it, and then the other files. */
export function resourcesPageOf (resources: readonly Resource[], downloads: readonly Download[]) {
  const shown = resources.filter(({ isRetired }) => !isRetired)
  return {
    resources: shown.map(resource => ({
      name: resource.name,
      description: resource.description,
      left: leftInWords(resource),
      isOut: mayAskFor(resource) === 0,
      downloads: downloads.filter(({ resourceId }) => resourceId === resource.id).map(downloadInWords)
    })),
    canAsk: resources.some(resource => mayAskFor(resource) > 0),
    downloads: downloads.filter(({ resourceId }) => !shown.some(({ id }) => id === resourceId)).map(downloadInWords)
  }
}

/** How many there are, and how many one request can have. */
export function leftInWords (resource: Resource): string {
  const free = freeOf(resource)
  if (free === 0) return 'None left at the moment'
  const left = `${free.toLocaleString('en-GB')} left`
  return free <= resource.most ? left : `${left}. You can ask for up to ${resource.most.toLocaleString('en-GB')}.`
}
