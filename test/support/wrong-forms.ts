import type { Test } from 'tap'
import { isWhole } from './depth.ts'
import { withUnprintable } from './everything.ts'
import { post } from './service.ts'
import { saysWhy, staffForms } from './staff-forms.ts'
import type { Fields, StaffForms } from './staff-forms.ts'

interface Sent {
  what: string
  /** A function, because some bodies are long. */
  body: () => string
  /**
   * Whether it may be valid after all: the missing field is optional, there is nothing to fill in, or no one would see
   * the mistake.
   */
  mayBeRight?: boolean
}

const notPrinting = 'with characters that do not print'

/** Every way to fill in a form wrongly that does not depend on its questions. */
function wrongly (fields: Fields): Sent[] {
  const form = (given: Fields) => () => new URLSearchParams(given).toString()
  const each = (what: string, change: (field: Fields[number]) => Fields, mayBeRight = false): Sent[] =>
    fields.map(field => ({
      what: `${field[0]} ${what}`,
      body: form(fields.flatMap(other => other === field ? change(other) : [other])),
      mayBeRight
    }))
  return [
    { what: 'nothing at all', body: () => '', mayBeRight: true },
    { what: 'a field that there is not', body: form([...fields, ['wrong', 'yes']]) },
    { what: '__proto__', body: () => `${form(fields)()}&__proto__=x&__proto__[admin]=yes&constructor[prototype][admin]=yes` },
    { what: '100,000 characters', body: form([...fields, ['wrong', 'x'.repeat(100_000)]]) },
    ...each('left out', () => [], true),
    ...each('given twice', field => [field, field]),
    ...each('far too long', ([name]) => [[name, 'x'.repeat(12_000)]]),
    ...each(notPrinting, ([name, value]) => [[name, `${value}\u0000\u0007\u202E`]], true)
  ]
}

/** Buttons that ignore all fields that come with them. */
const readNothing = [
  '/staff/sign-out', '/staff/sign-in/factor', '/staff/account/sessions/:id/end', '/staff/account/other-sessions/end',
  '/staff/account/work-account/disconnection', '/staff/again/letter', '/staff/members/:id/second-factor',
  '/staff/activities/:slug/bookings/:booking/cancellation', '/staff/audit/export', '/staff/resources/export',
  '/staff/requests/:id/told'
]

/** Fields that may bring more than one answer. */
const several = ['partners', 'reminders', 'audiences', 'follow_up', 'hosts', 'booking', 'columns', 'activities', 'kinds']

/** Where to go back to, and the mark of what was read: invalid values count as missing. */
const marks = ['page', 'of', 'show', 'kind', 'edition', 'saw', 'shown', 'confirmed']

function mayBeTaken (url: string, what: string): boolean {
  const [field = '', ...how] = what.split(' ')
  return readNothing.includes(url) || marks.includes(field) || (several.includes(field) && how.join(' ') === 'given twice')
}

/** Sends each form whose address is meant in every wrong way, and asserts that it is refused and changes nothing. */
export async function refusesWrongForms (t: Test, isMeant: (url: string) => boolean): Promise<void> {
  const at = await staffForms(t)
  for (const url of at.posts.filter(isMeant)) await t.test(url, async t => { await sendWrongly(t, at, url) })
}

/**
 * How often a field was sent wrongly in a way. Forms share most of their fields, and what reads these: after some forms
 * the next one says nothing new.
 */
const sent = new Map<string, number>()
const often = 3

function isWorthSending (what: string): boolean {
  const times = sent.get(what) ?? 0
  sent.set(what, times + 1)
  return isWhole || times < often || !what.includes(' ')
}

async function sendWrongly (t: Test, at: StaffForms, url: string): Promise<void> {
  const form = await at.formFor(url)
  for (const { what, body, mayBeRight = false } of wrongly(form.fields)) {
    if (!isWorthSending(what)) continue
    const answer = await post(at.app, form.address, body(), form.headers)
    const isTaken = answer.statusCode < 400
    if (isTaken && what.endsWith(notPrinting)) t.strictSame(await withUnprintable(at.db), [], `${what} is not kept so`)
    const changed = await form.undone()
    if (isTaken && (mayBeRight || mayBeTaken(url, what))) continue
    saysWhy(t, answer, what)
    t.strictSame(changed, [], `${what} changes nothing`)
  }
}
