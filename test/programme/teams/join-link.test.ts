import t from 'tap'
import { isJoinLink, withoutSafeLinks } from '../../../src/programme/teams/join-link.ts'

const context = encodeURIComponent(
  '{"Tid":"9b0e8f6a-1c2d-4e3f-8a9b-0c1d2e3f4a5b","Oid":"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"}')
const thread = '19%3ameeting_NjE0ZTQ3OGQtMmI3Zi00ZjE1%40thread.v2'
const classic = `https://teams.microsoft.com/l/meetup-join/${thread}/0?context=${context}`
const short = 'https://teams.microsoft.com/meet/3912345678901?p=Ab3dEf9hIjKlMn'

const accepted: Array<[string, string]> = [
  ['a classic link', classic],
  ['a classic link with the thread unencoded', classic.replace('%3a', ':').replace('%40', '@')],
  ['a classic link with encoding in capitals', classic.replace('%3a', '%3A')],
  ['a classic link with a space in its context', classic.replace('%3A%22', '%3A%20%22')],
  ['a classic link to a message in the thread', classic.replace('/0?', '/1606838400000?')],
  ['a short link', short],
  ['a short link with something more', `${short}&anon=true`],
  ['a personal account’s link', 'https://teams.live.com/meet/9876543210123?p=AbCdEfGh'],
  ['a scheme and a host in capitals', short.replace('https://teams.microsoft', 'HTTPS://Teams.Microsoft')]
]

const refused: Array<[string, string]> = [
  ['nothing', ''],
  ['words', 'the link will follow'],
  ['http', short.replace('https', 'http')],
  ['javascript', 'javascript:alert(1)//teams.microsoft.com/meet/3912345678901?p=Ab3'],
  ['data', 'data:text/html,https://teams.microsoft.com/meet/3912345678901?p=Ab3'],
  ['the app’s own scheme', 'msteams://teams.microsoft.com/meet/3912345678901?p=Ab3'],
  ['no scheme', short.replace('https:', '')],
  ['a longer host', short.replace('.com', '.com.evil.example')],
  ['a host before the real one', short.replace('teams.', 'evil.teams.')],
  ['a host that ends alike', short.replace('teams.', 'evilteams.')],
  ['a host behind the real name', short.replace('.com/', '.com@evil.example/')],
  ['a name before the host', short.replace('https://', 'https://anne@')],
  ['an empty name before the host', short.replace('https://', 'https://@')],
  ['a port', short.replace('.com/', '.com:8443/')],
  ['the usual port', short.replace('.com/', '.com:443/')],
  ['a dot after the host', short.replace('.com/', '.com./')],
  ['a letter of another alphabet', short.replace('microsoft', 'micr\u043Esoft')],
  ['a percent-encoded host', short.replace('teams', '%74eams')],
  ['backslashes', short.replaceAll('/', '\\')],
  ['a tab in the middle', short.replace('/meet', '/\tmeet')],
  ['a line break in the middle', short.replace('/meet', '/\nmeet')],
  ['spaces around', ` ${short} `],
  ['angle brackets', `<${short}>`],
  ['a path that becomes another', 'https://teams.microsoft.com/dl/../meet/3912345678901?p=Ab3'],
  ['a fragment', `${short}#/dl/launcher`],
  ['the launcher', `https://teams.microsoft.com/dl/launcher/launcher.html?url=${encodeURIComponent(short)}`],
  ['the start page', 'https://teams.microsoft.com/'],
  ['a channel', 'https://teams.microsoft.com/l/channel/19%3aabc%40thread.tacv2/General?groupId=1'],
  ['a short link without a passcode', short.replace(/\?.*/, '')],
  ['a short link with an empty passcode', short.replace(/p=.*/, 'p=')],
  ['a short link with two passcodes', `${short}&p=other`],
  ['a short link to letters', short.replace('3912345678901', 'meeting')],
  ['a classic link without a context', classic.replace(/\?.*/, '')],
  ['a classic link whose context is not one', classic.replace(context, 'hello')],
  ['a classic link without an organiser', classic.replace(/%2C%22Oid.*/, '%7D')],
  ['a classic link of another kind of thread', classic.replace('meeting_', 'chat_')],
  ['a classic path on a personal account’s host', classic.replace('microsoft', 'live')],
  ['a webinar’s registration page', 'https://events.teams.microsoft.com/event/9b0e8f6a@0a1b2c3d'],
  ['a link shortener', 'https://aka.ms/JoinTeamsMeeting'],
  ['another service', 'https://zoom.us/j/91234567890?pwd=abc'],
  ['more than 2048 characters', `${short}&x=${'y'.repeat(2048)}`]
]

t.test('a Teams link is one in whatever form Teams gives it', async t => {
  for (const [what, address] of accepted) t.equal(isJoinLink(address), true, what)
})

t.test('an address that leads elsewhere, or might, is not a Teams link', async t => {
  for (const [what, address] of refused) t.equal(isJoinLink(address), false, what)
})

const wrapped = (address: string) =>
  `https://eur03.safelinks.protection.outlook.com/?url=${encodeURIComponent(address)}&data=05%7C02&sdata=x%3D&reserved=0`

t.test('a link that Outlook wrapped comes out byte for byte', async t => {
  t.equal(withoutSafeLinks(wrapped(classic)), classic)
})

t.test('a link that Teams wrapped comes out too', async t => {
  const address = `https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url=${
    encodeURIComponent(short)}&locale=en-gb`

  t.equal(withoutSafeLinks(address), short)
})

t.test('a link that nobody wrapped stays as it is', async t => {
  t.equal(withoutSafeLinks(classic), classic)
  t.equal(withoutSafeLinks('not an address'), 'not an address')
})

t.test('what is inside a wrapping is checked like anything else', async t => {
  t.equal(isJoinLink(withoutSafeLinks(wrapped('https://evil.example/meet/3912345678901?p=Ab3'))), false)
  t.equal(isJoinLink(withoutSafeLinks(wrapped(wrapped(short)))), false, 'wrapped twice')
  t.equal(isJoinLink(withoutSafeLinks(wrapped(short).replace('outlook.com/', 'outlook.com.evil.example/'))), false)
  t.equal(isJoinLink(withoutSafeLinks('https://eur03.safelinks.protection.outlook.com/?data=1')), false, 'nothing inside')
})
