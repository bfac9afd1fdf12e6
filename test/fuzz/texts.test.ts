import { parse } from 'node:querystring'
import t from 'tap'
import { attendeeFilterForm, listAddress, searchSeal } from '../../src/booking/attendees/filter.ts'
import { parseSearch } from '../../src/booking/attendees/search-query.ts'
import { canonicalAddress, mailboxOf } from '../../src/booking/bookings/address.ts'
import { addressQuestionOf, likelyAddress, meantAddress } from '../../src/booking/bookings/likely-address.ts'
import { referenceIn } from '../../src/booking/bookings/reference.ts'
import { numberAsCompared } from '../../src/booking/bookings/sealed-answers.ts'
import { codeIn } from '../../src/booking/certificates/code.ts'
import { isCode } from '../../src/booking/check-in/code.ts'
import { canonicalCode } from '../../src/booking/holds/code.ts'
import { openSetup, secondFactorSeal, stepOf } from '../../src/identity/second-factor/authenticator.ts'
import { deviceOf } from '../../src/identity/staff/device.ts'
import { returnTo } from '../../src/identity/staff/return-to.ts'
import { keyedParts } from '../../src/keyed-parts.ts'
import { isFeedToken } from '../../src/mail/agency-feeds/token.ts'
import { inPlainText, quoted, readBody } from '../../src/mail/emails/body.ts'
import { greetingName, harmlessName } from '../../src/mail/emails/greeting.ts'
import { returnPaths } from '../../src/mail/emails/return-path.ts'
import { givenCircumstances, logViewOf } from '../../src/mail/emails/schema.ts'
import { deliveryAddress } from '../../src/mail/invitations/mail-address.ts'
import { readingFilterIn } from '../../src/office/approval/schema.ts'
import { comparedName, saidName } from '../../src/office/attendance-reports/near-names.ts'
import { readDuration, readTime } from '../../src/office/attendance-reports/report-times.ts'
import { wordsOf } from '../../src/office/clashes/venue.ts'
import { typedAnswers } from '../../src/office/editor/schema.ts'
import { begunIn, emptyAnswers, newDraft } from '../../src/office/editor/new-draft.ts'
import { readAnswers } from '../../src/office/editor/answers.ts'
import { readMoment } from '../../src/office/editor/moment.ts'
import { openChoices } from '../../src/office/exports/choices.ts'
import { channelOf } from '../../src/office/forgetting/heard-from.ts'
import { periodIn } from '../../src/office/resource-requests/schema.ts'
import { typedIn } from '../../src/office/rights/kept-search.ts'
import { plainCell, safeCell } from '../../src/platform/csv.ts'
import { ConfigError, loadConfig } from '../../src/platform/config.ts'
import { submissionIn, versionHashIn } from '../../src/platform/http/form-answers.ts'
import { networkOf, senderOf } from '../../src/platform/http/network.ts'
import { isThere } from '../../src/platform/http/tagged.ts'
import { pageNumber } from '../../src/platform/http/url-params.ts'
import { blocksOf, paragraphsOf } from '../../src/platform/marked-text.ts'
import { oneLine } from '../../src/platform/one-line.ts'
import { isSealed } from '../../src/platform/seal.ts'
import { slugOf } from '../../src/platform/slug.ts'
import { mailtoOf, plainAddress, plainDay, plainNumber, unspaced, visibleText } from '../../src/platform/typed.ts'
import { listFilter } from '../../src/programme/activities/list-filter.ts'
import { localDay, localTime, localTimeOrAfter } from '../../src/programme/activities/local-time.ts'
import { canonicalAccount } from '../../src/programme/campaigns/accounts.ts'
import { outdatedWords } from '../../src/programme/campaigns/wording.ts'
import { askedIn } from '../../src/programme/public-pages/programme-filter.ts'
import { readStory } from '../../src/programme/scenarios/twee.ts'
import { excerptOf } from '../../src/programme/sharing/excerpt.ts'
import { isPrivateMailbox, notForEveryone } from '../../src/programme/support/public-text.ts'
import { canonicalNumber, isPostalAddress, isWebAddress, namesMobile } from '../../src/programme/support/reachable.ts'
import { isJoinLink, linkEndsAt, withoutSafeLinks } from '../../src/programme/teams/join-link.ts'
import { readRetryAfter } from '../../src/programme/teams/retry-policy.ts'
import { aStory } from '../support/scenarios.ts'
import { noon, secretKey } from '../support/world.ts'
import { fuzz, oddTexts, runsOf, seed, shares, soon } from './fuzzing.ts'
import { districts, id } from './usual.ts'

const zone = 'Europe/London'
const keyed = keyedParts(secretKey)
const seals = { search: searchSeal(secretKey), factor: secondFactorSeal(secretKey) }
const signed = { id, version: 3 }
const asQuery = (text: string) => parse(text.replaceAll('%00', ''))
const around = { districts, agencies: [{ id, name: 'Cumbria Police' }], boundTo: undefined }
const base = newDraft({ id, slug: 'week', title: 'Week', zone, districts: [...districts] }, undefined, undefined)
const filter = listFilter({ campaigns: [{ slug: 'week' }], agencies: [{ slug: 'police' }] } as unknown as Parameters<typeof listFilter>[0])
const choices = {
  day: ['2026-12-08'], district: ['Bury'], audience: ['parents'], how: ['book'], view: ['list'], pages: 3
} as Parameters<typeof askedIn>[1]

const addresses = ['anne@example.org', 'Anne.Kirkbride+x@GoogleMail.com', '"anne k"@example.org', 'anne@bücher.example', 'anne@gmial.con'] as const
const numbers = ['07700 900 982', '+44 (0)1539 722722', '0044 7700 900982', '٠٧٧٠٠ ٩٠٠ ٩٨٢', '999', '116 123'] as const
const codes = ['K7PMW-3QD4R', 'k7pmw 3qd4r', 'K7PMW3', 'K7PM-W3QD-4R2X', '123 456'] as const
const names = ['Anne Kirkbride', 'Dr Maria-José O’Neill (she/her)', 'ANNE K - Cumbria', '安全', 'van ’t Hooft'] as const
const prose = [
  'Bring a pen.\r\n\r\n# When\r\n- At 6pm\r\n* At https://example.org/a?b=c.\n\nYours, the team', 'Call 07700 900 982 or write to anne@gmail.com.',
  `= ${'word '.repeat(200)}`, '  \u200D\u200D\u200D  e\u0301', 'The Old Brewery, Brewery Lane, Kendal LA9 4TT'
] as const
const days = ['2026-12-08', '8/12/2026', '8.12.26', '2026/12/8', '2026-03-29 01:30', '2026-10-25 01:30', '12/1/26, 6:05:00 PM', '22.09.2026 14:48'] as const
const links = [
  'https://teams.microsoft.com/l/meetup-join/19%3ameeting_MjA%40thread.v2/0?context=%7b%22Tid%22%3a%22x%22%7d', 'https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T',
  'https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fteams.microsoft.com%2Fmeet%2F1&data=x', 'https://www.facebook.com/notokayGM', 'https://www.childline.org.uk/'
] as const
const queries = [
  'status=confirmed&status=waiting&role=parent&district=Bury&sort=name&order=down&page=2', 'day=2026-12-08&view=list&page=3&how=book', 'view=past&as=calendar&campaign=week&q=Anne',
  'campaign=week&day=2026-12-08&title=x&kind=stall', 'show=failed&page=9&who=anne', `submission=${id}&edition=${'a'.repeat(32)}&saw=x`, 'wording=discreet&place=online&places=3', 'period=last-12&kind=stall'
] as const
const networks = ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::1', 'fe80::1%eth0', '192.0.2.7, 10.0.0.1', '::'] as const
const tokens = [
  keyed.links.tokenOf({ id, linkVersion: 0 }), keyed.links.tokenOf({ id, linkVersion: 7 }), keyed.copyLinks.tokenOf(signed), keyed.outcomeLinks.tokenFor(id, 'anne@example.org'),
  keyed.evaluationLinks.tokenOf({ activityId: id, occasion: 'after', mark: id }), returnPaths(secretKey).returnPathOf(id, 'bounces@example.org'),
  '2.abcdefgh.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'AAAA'
] as const
const ways = ['/staff/activities/week/attendees.csv?status=waiting', `/staff/members/${id}`, '/staff/lists/new?activity=a&activity=b', '/staff/account/second-factor', '//evil.example'] as const
const agents = ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0', 'curl/8.5.0'] as const
const config = ['TRUST_PROXY=10.0.0.4, 172.16.0.0/12', 'MAIL_FROM=Online workshops <workshops@example.org>', 'SECRET_KEY=0123456789abcdef0123456789abcdef',
  'SECURITY_CONTACT=https://example.org/security', 'BOUNCE_ADDRESS=bounces@example.org', 'DATABASE_URL=postgres://a:b@db/c', 'OIDC_ISSUER=https://login.example/x', 'PORT=3000'] as const

/** What `open` throws is caught by all who open what came in. */
function unlessSealed (open: () => unknown): void {
  try {
    open()
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
}

/** What reads texts that come in, each beside texts that it is made for. */
const readers: ReadonlyArray<readonly [what: string, examples: readonly string[], read: (text: string) => unknown]> = [
  ['what is visible of a text', [...prose, ...names], visibleText],
  ['a line', [...prose, ...names], oneLine],
  ['a text without spaces', codes, unspaced],
  ['a slug', [...names, ...prose], slugOf],
  ['a cell', [...prose, ...numbers], text => plainCell(safeCell(text))],
  ['paragraphs', prose, paragraphsOf],
  ['blocks', prose, blocksOf],
  ['the text of an email', prose, text => inPlainText(readBody(text))],
  ['a quotation', prose, quoted],
  ['an excerpt', prose, text => excerptOf(text, 160)],
  ['what is not for everyone', [...prose, ...addresses, ...numbers], notForEveryone],
  ['words that are out of date', prose, outdatedWords],
  ['the words of a venue', prose, wordsOf],
  ['a story', [aStory], readStory],
  ['an address as typed', addresses, plainAddress],
  ['an address as compared', addresses, canonicalAddress],
  ['the mailbox of an address', addresses, mailboxOf],
  ['the address that someone meant', addresses, text => [likelyAddress(text), meantAddress(text, { email_asked: text, email_is: text })]],
  ['the question whether an address is right', addresses, text => addressQuestionOf(text, text, { email_asked: text })],
  ['an address that mail goes to', addresses, deliveryAddress],
  ['a link to an address', addresses, text => mailtoOf(visibleText(text))],
  ['one person’s own mailbox', addresses, isPrivateMailbox],
  ['a phone number', numbers, text => [plainNumber(text), canonicalNumber(text), numberAsCompared(text)]],
  ['a mobile number in a text', [...numbers, ...prose], namesMobile],
  ['a postal address', prose, isPostalAddress],
  ['a web address', links, isWebAddress],
  ['an account', links, canonicalAccount],
  ['a Teams link', links, text => isJoinLink(withoutSafeLinks(text)) && linkEndsAt(withoutSafeLinks(text), noon)],
  ['a name', names, text => [greetingName(text), harmlessName(text)]],
  ['a name in a report', names, text => [saidName(text), comparedName(text)]],
  ['where someone heard of it', prose, channelOf],
  ['a reference', codes, referenceIn],
  ['a code of a hold', codes, canonicalCode],
  ['a code of a certificate', codes, codeIn],
  ['a code of a slide', codes, text => isCode('K7PMW3', text)],
  ['a code of an app', codes, text => stepOf('JBSWY3DPEHPK3PXP', text, noon)],
  ['a search', [...names, ...addresses, ...numbers, ...codes], parseSearch],
  ['a day', days, plainDay],
  ['a time in a report', days, text => readTime(text, zone)],
  ['a duration in a report', ['1h 2m 3s', '29m 22s', '8s', '1 h 2 min'], readDuration],
  ['a time on a clock', days, text => [localTime(text, zone), localTimeOrAfter(text, zone), localDay(text, zone)]],
  ['a moment in a form', days, text => readMoment({ day: text, time: text, which: text }, zone, 'it begins')],
  ['when to try again', ['120', 'Wed, 21 Oct 2026 07:28:00 GMT', '1.5'], text => readRetryAfter(text, noon)],
  ['a token of a booking', tokens, text => [keyed.links.read(text), keyed.joinLinks.read(text)]],
  ['a token of an answer', tokens, keyed.evaluationLinks.read],
  ['a token of an outcome', tokens, text => keyed.outcomeLinks.read(text)?.isOf('anne@example.org')],
  ['other tokens', tokens, text => [keyed.copyLinks, keyed.coHostLinks, keyed.resourceLinks, keyed.entryLinks.own].map(({ read }) => read(text))],
  ['a token of a calendar', tokens, isFeedToken],
  ['an envelope', tokens, returnPaths(secretKey).emailIdIn],
  ['what is sealed', tokens, text => { unlessSealed(() => [isSealed(text), seals.search.open(text)]) }],
  ['a sealed setup', tokens, text => openSetup(seals.factor, text, id, noon)],
  ['sealed choices', tokens, text => openChoices(seals.search, text)],
  ['a sealed search', tokens, text => typedIn(seals.search, text)],
  ['the address of a list of attendees', queries, text => listAddress(seals.search).safeParse(asQuery(text))],
  ['a filter of attendees', queries, text => attendeeFilterForm.safeParse(asQuery(text))],
  ['the address of a list of activities', queries, text => filter.safeParse(asQuery(text))],
  ['the address of a programme', queries, text => askedIn(asQuery(text), choices)],
  ['the address of a new activity', queries, text => begunIn(asQuery(text))],
  ['the address of what waits', queries, text => readingFilterIn(asQuery(text))],
  ['the address of a list of emails', queries, text => [logViewOf(asQuery(text)), givenCircumstances(asQuery(text))]],
  ['a period', queries, text => periodIn(asQuery(text))],
  ['a page', ['2', '99999'], pageNumber],
  ['what a form carries', queries, text => [submissionIn(asQuery(text)), versionHashIn(asQuery(text))]],
  ['answers about an activity', ['title=Coffee&kind=stall&starts_day=2026-12-09&starts_time=10:00&ends_time=11:30&audiences=parents&visibility=public&booking=none&places_per_booking=1'],
    text => readAnswers({ ...emptyAnswers(undefined), ...typedAnswers(asQuery(text)) }, base, around)],
  ['where to go back to', ways, returnTo],
  ['a network', networks, text => [senderOf(text), networkOf(text)]],
  ['what a browser has', ['W/"a", "b"', '*', '"0123456789abcdefghijkl"'], text => isThere({ headers: { 'if-none-match': text } }, '"b"')],
  ['a browser', agents, deviceOf],
  ['a setting', config, text => {
    const [name = '', ...value] = text.split('=')
    try {
      loadConfig({ [name]: value.join('=') })
    } catch (error) {
      if (!(error instanceof ConfigError && / /.test(error.message))) throw error
    }
  }]
]

t.comment(`FUZZ_SEED=${seed}`)

t.test('whatever text comes in, it is read or left, and soon', async t => {
  const runs = runsOf('texts', readers.length)
  let given = 0
  for (const [what, examples, read] of readers) {
    const found = fuzz(runs, oddTexts(examples), text => { soon(() => read(text)) })
    given += found.given
    if (found.failure !== undefined) t.fail(`${what}: ${found.failure}`)
  }
  t.ok(given >= shares.texts, `${given} were given`)
})
