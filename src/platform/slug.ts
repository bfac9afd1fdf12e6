/** The form for addresses: a title or a name in small letters without accents; empty if none is left. */
export function slugOf (title: string): string {
  return title.normalize('NFKD').replace(/\p{M}|['’]/gu, '').toLowerCase()
    .replace(/[^a-z0-9]+/g, '-').slice(0, 80).replace(/^-+|-+$/g, '')
}

/** The slug, with the first number that makes it unique if it is taken. */
export function freeSlug (base: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const slug = n === 1 ? base : `${base.slice(0, 75).replace(/-+$/, '')}-${n}`
    if (!taken.has(slug)) return slug
  }
}
