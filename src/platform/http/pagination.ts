/** How many rows of a list stand on a page. */
export const perPage = 100

/** The number of the last page of so many rows, so many on each; a list of none has one page. */
export function lastPageOf (total: number, per = perPage): number {
  return Math.max(1, Math.ceil(total / per))
}

/** Links to the previous and next page, for GOV.UK's pagination; undefined if there is only one page. */
export function paginationOf (total: number, page: number, href: (page: number) => string, per = perPage) {
  const pages = lastPageOf(total, per)
  if (pages === 1) return undefined
  return {
    page,
    pages,
    ...(page > 1 && { previous: { href: href(page - 1) } }),
    ...(page < pages && { next: { href: href(page + 1) } })
  }
}
