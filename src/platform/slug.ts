/** What stands in an address: a title or a name in small letters without accents; empty where none is left. */
export function slugOf (title: string): string {
  return title.normalize('NFKD').replace(/\p{M}|['’]/gu, '').toLowerCase()
    .replace(/[^a-z0-9]+/g, '-').slice(0, 80).replace(/^-+|-+$/g, '')
}
