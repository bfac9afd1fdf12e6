import type { DateTime } from 'luxon'

/** Longest address that every mail program and calendar passes on unshortened. */
const longest = 2048

/** Only characters that RFC 3986 §2 allows: a URL parser would silently drop or rewrite the rest. */
const addressOnly = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The paths that lead into a meeting, by host. Webinar registration pages (`events.teams…`) do not. */
const ways: Record<string, ReadonlyArray<(url: URL) => boolean>> = {
  'teams.microsoft.com': [isClassic, isShort],
  // A personal account's meeting; it ends after 60 minutes.
  'teams.live.com': [isShort]
}

/**
 * True if an address leads into a Teams meeting, and nowhere else.
 *
 * People press this link at a moment when they trust us, so the address is read as strictly as a browser reads it
 * loosely: no name before the host, no port, no other host that looks alike, no path that becomes another one. An
 * accepted link is stored and handed out byte for byte: percent-encoding is part of a classic link.
 */
export function isJoinLink (address: string): boolean {
  const url = address.length > longest || !addressOnly.test(address) ? null : URL.parse(address)
  if (url === null) return false
  const [, host = '', path] = /^https:\/\/([^/?#]*)([^?#]*)/i.exec(address) ?? []
  if (url.protocol !== 'https:' || url.hostname !== host.toLowerCase() || url.pathname !== path || url.hash !== '') {
    return false
  }
  return ways[url.hostname]?.some(leadsIntoAMeeting => leadsIntoAMeeting(url)) ?? false
}

/**
 * `/l/meetup-join/19:meeting_…@thread.v2/0?context={"Tid":"…","Oid":"…"}`, percent-encoded in any way that Teams uses.
 */
function isClassic ({ pathname, searchParams }: URL): boolean {
  const [context = '', ...others] = searchParams.getAll('context')
  const [, tenant = '', organiser = ''] =
    /^\{"Tid":"([^"]*)","Oid":"([^"]*)"\}$/.exec(context.replaceAll(' ', '')) ?? []
  return /^\/l\/meetup-join\/19(:|%3a)meeting_[\w%-]+(@|%40)thread\.v2\/\d+$/i.test(pathname) &&
    others.length === 0 && guid.test(tenant) && guid.test(organiser)
}

/** `/meet/<digits>?p=<passcode>` */
function isShort ({ pathname, searchParams }: URL): boolean {
  const [passcode = '', ...others] = searchParams.getAll('p')
  return /^\/meet\/\d{6,20}$/.test(pathname) && others.length === 0 && /^[\w-]{1,64}$/.test(passcode)
}

/** A short link stops working this many days after the end of its meeting; moving the meeting puts that off. */
export const shortLinkDays = 60

/** The instant from which a link no longer works; undefined if it lasts. */
export function linkEndsAt (joinUrl: string, meetingEndsAt: DateTime<true>): DateTime<true> | undefined {
  return isShort(new URL(joinUrl)) ? meetingEndsAt.plus({ days: shortLinkDays }) : undefined
}

/**
 * The address inside a link that Outlook or Teams wrapped for its safety check; any other text unchanged. Unwraps once:
 * a link wrapped twice hides something, and `isJoinLink` then refuses it.
 */
export function withoutSafeLinks (pasted: string): string {
  const url = URL.parse(pasted)
  if (url === null) return pasted
  const { protocol, hostname, pathname, searchParams } = url
  const isWrapped = protocol === 'https:' && (
    /^[a-z0-9-]+\.safelinks\.protection\.outlook\.com$/.test(hostname) ||
    (hostname === 'statics.teams.cdn.office.net' && pathname.endsWith('/atp-safelinks.html')))
  return isWrapped ? searchParams.get('url') ?? pasted : pasted
}
