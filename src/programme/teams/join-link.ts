import type { DateTime } from 'luxon'

/** Longest address that every mail program and calendar passes on whole. */
const longest = 2048

/** Nothing but what RFC 3986 §2 allows: a URL parser would quietly drop or turn round the rest. */
const addressOnly = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Which paths lead into a meeting, by host. Webinar registration pages (`events.teams…`) do not. */
const ways: Record<string, ReadonlyArray<(url: URL) => boolean>> = {
  'teams.microsoft.com': [isClassic, isShort],
  // A personal account's meeting; it ends after 60 minutes.
  'teams.live.com': [isShort]
}

/**
 * Says whether an address leads into a Teams meeting, and nowhere else.
 *
 * People press what is behind this at a moment when they trust us, so the address is read as strictly as
 * a browser reads it loosely: no name before the host, no port, no other host that looks alike, no path
 * that becomes another one. What is accepted is kept and handed out byte for byte: percent-encoding is
 * part of a classic link.
 */
export function isJoinLink (address: string): boolean {
  if (address.length > longest || !addressOnly.test(address) || !URL.canParse(address)) return false
  const url = new URL(address)
  const [, host = '', path] = /^https:\/\/([^/?#]*)([^?#]*)/i.exec(address) ?? []
  if (url.protocol !== 'https:' || url.hostname !== host.toLowerCase() || url.pathname !== path || url.hash !== '') {
    return false
  }
  return ways[url.hostname]?.some(leadsIntoAMeeting => leadsIntoAMeeting(url)) ?? false
}

/** `/l/meetup-join/19:meeting_…@thread.v2/0?context={"Tid":"…","Oid":"…"}`, percent-encoded as Teams likes. */
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

/** A short link leads nowhere from so many days after the end of its meeting on; moving the meeting puts that off. */
export const shortLinkDays = 60

/** The instant from which on a link leads nowhere; undefined for one that lasts. */
export function linkEndsAt (joinUrl: string, meetingEndsAt: DateTime<true>): DateTime<true> | undefined {
  return isShort(new URL(joinUrl)) ? meetingEndsAt.plus({ days: shortLinkDays }) : undefined
}

/**
 * The address inside one that Outlook or Teams wrapped for its safety check; any other text as it is.
 * Unwraps once: whoever wraps twice is hiding something, and `isJoinLink` then says no.
 */
export function withoutSafeLinks (pasted: string): string {
  if (!URL.canParse(pasted)) return pasted
  const { protocol, hostname, pathname, searchParams } = new URL(pasted)
  const isWrapped = protocol === 'https:' && (
    /^[a-z0-9-]+\.safelinks\.protection\.outlook\.com$/.test(hostname) ||
    (hostname === 'statics.teams.cdn.office.net' && pathname.endsWith('/atp-safelinks.html')))
  return isWrapped ? searchParams.get('url') ?? pasted : pasted
}
