/** A social network: its name, and where it shows everything with a hashtag, if it has such a page. */
interface Network { name: string, tagged?: (tag: string) => string }

const facebook: Network = { name: 'Facebook', tagged: tag => `https://www.facebook.com/hashtag/${tag}` }
const x: Network = { name: 'X', tagged: tag => `https://x.com/hashtag/${tag}` }
const threads: Network = { name: 'Threads' }

/** The networks that partnerships use, by their hosts. */
const networks: Readonly<Record<string, Network>> = {
  'facebook.com': facebook,
  'fb.com': facebook,
  'instagram.com': { name: 'Instagram', tagged: tag => `https://www.instagram.com/explore/tags/${tag}/` },
  'x.com': x,
  'twitter.com': x,
  'youtube.com': { name: 'YouTube', tagged: tag => `https://www.youtube.com/hashtag/${tag}` },
  'tiktok.com': { name: 'TikTok', tagged: tag => `https://www.tiktok.com/tag/${tag}` },
  'linkedin.com': { name: 'LinkedIn' },
  'bsky.app': { name: 'Bluesky', tagged: tag => `https://bsky.app/hashtag/${tag}` },
  'threads.com': threads,
  'threads.net': threads,
  'snapchat.com': { name: 'Snapchat' },
  'whatsapp.com': { name: 'WhatsApp' },
  'nextdoor.co.uk': { name: 'Nextdoor' }
}

/** Their names, for sentences. */
export const networkNames = [...new Set(Object.values(networks).map(({ name }) => name))]

function networkOf (hostname: string): Network | undefined {
  const host = hostname.replace(/^(?:www|m|mobile|uk)\./, '')
  return Object.hasOwn(networks, host) ? networks[host] : undefined
}

/**
 * The address of an account as it is kept, however it was typed or copied: with https, and without what a network adds
 * to know who shared it. Undefined if it is no account on a network that we know.
 */
export function canonicalAccount (typed: string): string | undefined {
  const address = `https://${typed.trim().replace(/^https?:\/\//i, '')}`
  const url = /[\s\\]/.test(address) ? null : URL.parse(address)
  if (url === null) return undefined
  const { hostname, port, username, password, pathname, searchParams } = url
  if (networkOf(hostname) === undefined || port !== '' || username !== '' || password !== '') return undefined
  const path = pathname.replace(/\/+$/, '')
  // A page of Facebook without a name of its own is known by its number.
  const id = /^\d+$/.exec(searchParams.get('id') ?? '')?.[0]
  if (path === '/profile.php') return id === undefined ? undefined : `https://${hostname}${path}?id=${id}`
  return path === '' ? undefined : `https://${hostname}${path}`
}

/** An account as people see it: `Facebook (notokayGM)`, and its link. */
export function accountOf (url: string): { text: string, href: string } {
  const { hostname, pathname } = new URL(url)
  const network = networkOf(hostname)?.name ?? hostname
  const name = decoded(pathname.split('/').at(-1) ?? '')
  return { text: name === 'profile.php' || name === '' ? network : `${network} (${name})`, href: url }
}

/** A hashtag as people see it: a link to what others say under it, on the first network that the campaign is on. */
export function hashtagOf (
  hashtag: string, accounts: readonly string[]
): { text: string, href: string | undefined, where: string | undefined } {
  const network = accounts.map(url => networkOf(new URL(url).hostname)).find(network => network?.tagged !== undefined)
  return {
    text: hashtag, href: network?.tagged?.(encodeURIComponent(hashtag.replace(/^#/, ''))), where: network?.name
  }
}

/** An address may have half a character in it. */
function decoded (path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
