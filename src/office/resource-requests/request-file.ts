import { csvFile } from '../../platform/csv.ts'
import { officeZone } from '../../platform/clock.ts'
import { numberInList, withItsZero } from '../../programme/support/number-in-list.ts'
import { gettingInWords, organisationKindsInWords, statusTags } from './in-words.ts'
import type { RequestedItem, ResourceRequest } from './request.ts'

type Cell = (request: ResourceRequest, item: RequestedItem) => string | number | undefined

/** The columns of the file: a row for each resource of a request, so that a spreadsheet can add them up. */
const columns: Record<string, { cell: Cell, spell?: (cell: string) => string }> = {
  request: { cell: ({ id }) => id },
  status: { cell: ({ status }) => statusTags[status].text },
  needed_by: { cell: ({ neededBy }) => neededBy },
  resource: { cell: (_, { name }) => name, spell: withItsZero },
  asked: { cell: (_, { asked }) => asked },
  approved: { cell: (_, { granted }) => granted },
  organisation: { cell: ({ organisation }) => organisation, spell: withItsZero },
  kind_of_organisation: {
    cell: ({ organisationKind }) => organisationKind && organisationKindsInWords[organisationKind]
  },
  name: { cell: ({ name }) => name, spell: withItsZero },
  email: { cell: ({ email }) => email },
  phone: { cell: ({ phone }) => phone, spell: numberInList },
  how: { cell: ({ getting }) => gettingInWords[getting] },
  address: { cell: ({ address }) => address, spell: withItsZero },
  campaign: { cell: ({ campaign }) => campaign?.title, spell: withItsZero },
  purpose: { cell: ({ purpose }) => purpose, spell: withItsZero },
  asked_at: { cell: ({ askedAt }) => askedAt.setZone(officeZone).toFormat('yyyy-MM-dd HH:mm') }
}

/** Requests as CSV for Excel, which runs nothing in it. */
export function requestFile (requests: readonly ResourceRequest[]): string {
  const rows = requests.flatMap(request => request.items.map(item =>
    Object.values(columns).map(({ cell }) => String(cell(request, item) ?? ''))))
  const spellings = Object.values(columns).map(({ spell }) => spell)
  return csvFile(Object.keys(columns), rows, spellings)
}
