import { whoInOneLine } from '../exports/in-words.ts'
import type { TheirList } from './everyone-queries.ts'
import { aboutInWords, lastInWords, theirFailures, theirsStoppedInWords, timingInWords } from './in-words.ts'
import { paginationOf } from '../../platform/http/pagination.ts'

const href = '/staff/lists/everyone'

interface EveryonesPage {
  lists: readonly TheirList[]
  total: number
  page: number
  /** Whose lists alone these are; undefined: everyone's. */
  of: { id: string, name: string } | undefined
}

/** Everyone's lists that are sent regularly, for admins. */
export function everyonesPageOf ({ lists, total, page, of }: EveryonesPage) {
  const here = of === undefined ? '' : `of=${of.id}&`
  return {
    of,
    lists: lists.map(theirsOf),
    total,
    page,
    pagination: paginationOf(total, page, number => `${href}?${here}page=${number}`)
  }
}

function theirsOf (list: TheirList) {
  const { id, owner, filter, columns, timing, stopped, failures, last } = list
  return {
    id,
    owner: { ...owner, href: `/staff/members/${owner.id}` },
    about: aboutInWords(list),
    who: whoInOneLine(filter),
    columns: columns.map(({ heading }) => heading).join(', '),
    timing: timingInWords(timing, list),
    last: lastInWords(last, theirFailures),
    stopped: stopped && theirsStoppedInWords(stopped),
    tag: tagOf(list),
    isFailing: stopped === undefined && failures > 0,
    stopHref: stopped === undefined && `${href}/${id}/stop`
  }
}

function tagOf ({ stopped, failures, owner }: TheirList) {
  if (stopped !== undefined) return { text: 'Stopped', classes: 'govuk-tag--grey' }
  if (owner.isDisabled) return { text: 'Not sent: disabled', classes: 'govuk-tag--orange' }
  if (failures > 0) return { text: `Failed ${failures === 1 ? 'once' : `${failures} times`}`, classes: 'govuk-tag--red' }
  return { text: 'Sent', classes: 'govuk-tag--green' }
}
