/** The form for addresses: a title or a name in small letters without accents; empty if none is left. */
export function slugOf (title: string): string {
  return title.normalize('NFKD').replace(/\p{M}|['’]/gu, '').toLowerCase()
    .replace(/[^a-z0-9]+/g, '-').slice(0, 80).replace(/^-+|-+$/g, '')
}
