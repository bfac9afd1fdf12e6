import { parse } from 'fast-querystring'
import t from 'tap'
import { isTrapped } from '../../../src/platform/http/trap.ts'
import { bookingForm, findMyBookingForm, placesForm } from '../../../src/booking/bookings/schema.ts'
import { processorMs } from '../../support/processor-time.ts'

const shape = { districts: ['Cumberland', 'Westmorland and Furness'], placesPerBooking: 4 }

const form = {
  name: 'Anne Kirkbride',
  email: 'anne@example.org',
  role: 'parent',
  district: 'Cumberland',
  places: '2',
  phone: '',
  access_needs: '',
  question: '',
  heard_from: '',
  submission: '0b0e7a52-5c5d-4b1e-9a0e-0d4f3b6a7c11',
  remark: ''
}

/** The errors of a form that differs from a valid one in these fields. */
function said (given: Record<string, unknown>, of = shape): string[] {
  return (bookingForm(of).safeParse({ ...form, ...given }).error?.issues ?? []).map(({ message }) => message)
}

t.test('a good form becomes a request', async t => {
  const request = bookingForm(shape).parse({ ...form, phone: ' 07700 900982 ', question: 'Is it\r\nrecorded?' })

  t.strictSame(request, {
    submissionId: form.submission,
    name: 'Anne Kirkbride',
    email: 'anne@example.org',
    role: 'parent',
    places: 2,
    district: 'Cumberland',
    phone: '07700 900982',
    accessNeeds: undefined,
    question: 'Is it\nrecorded?',
    heardFrom: undefined,
    code: undefined
  })
})

t.test('names of any script are kept as typed', async t => {
  for (const name of [
    'Ng', '李', 'O’Brien-Świątek', "O'Brien", 'Jean-Luc d’Été', 'محمد عبد الله', 'नेहा', 'Dr. Anne Kirkbride', 'J. R. Tolkien',
    'A.J. Smith', 'J.R.R. Tolkien', 'T.J.',
    'Zoe\u0308', 'A', 'x'.repeat(100), '𠮷'.repeat(100), 'علی\u200cرضا', 'Anne (Cockermouth)', 'Kirkbride, Anne Jr.'
  ]) {
    t.equal(bookingForm(shape).parse({ ...form, name }).name, name)
  }
  t.equal(bookingForm(shape).parse({ ...form, name: '  Anne ' }).name, 'Anne')
  t.equal(bookingForm(shape).parse({ ...form, name: '\u202DAnne\u00A0Kirk\u200Bbride\u202C\uFFFE' }).name, 'Anne Kirkbride\uFFFD')
})

t.test('a name cannot carry a link, a line break or nothing', async t => {
  const aLink = 'Enter your name without a web address. Leave a space after a full stop.'
  const lines = 'Full name must be on one line'
  const cases: Array<[unknown, string]> = [
    [undefined, 'Enter your full name'],
    ['', 'Enter your full name'],
    ['   ', 'Enter your full name'],
    [['Anne', 'Bob'], 'Full name must be given only once'],
    ['x'.repeat(101), 'Full name must be 100 characters or fewer'],
    ['𠮷'.repeat(101), 'Full name must be 100 characters or fewer'],
    ['Anne https://evil.example', aLink],
    ['Anne WWW.evil', aLink],
    ['evil.example', aLink],
    ['go to t.co now', aLink],
    ['evil.рф', aLink],
    ['evil.example', aLink],
    ['go to t.co now', aLink],
    ['evil.рф', aLink],
    ['anne@example.org', aLink],
    ['<b>Anne</b>', aLink],
    ['Anne\r\nBcc: all', lines],
    ['Anne\u0085Kirkbride', lines],
    ['Anne\u2028Kirkbride', lines],
    ['\u200D\u3164', 'Enter your full name'],
    ['12345', 'Full name must have at least one letter'],
    ['…', 'Full name must have at least one letter']
  ]
  for (const [name, sentence] of cases) t.strictSame(said({ name }), [sentence], encodeURI(String(name)))
})

t.test('addresses of any script are taken up to 254 characters', async t => {
  for (const email of [
    'anne@example.org', 'Anne.Hara+workshop@Example.ORG', "o'hara@example.co.uk", 'анна@пример.рф', 'anne@münchen.example',
    '甲斐@黒川.日本', 'anne_k!#$%&*/=?^`{|}~@sub.example.org', `${'a'.repeat(242)}@example.org`
  ]) {
    t.equal(bookingForm(shape).parse({ ...form, email }).email, email)
  }
  for (const email of ['o’hara@example.org\u200B', '\u202Ao\u2018hara@example.org\u202C', "\u00A0o'hara@\u00ADexample.org", "o'hara\u0000@example.org"]) {
    t.equal(bookingForm(shape).parse({ ...form, email }).email, "o'hara@example.org", JSON.stringify(email))
  }
})

t.test('a text that cannot be an address gets a sentence', async t => {
  const format = 'Enter an email address in the correct format, like name@example.com'
  const cases: Array<[unknown, string]> = [
    [undefined, 'Enter your email address'],
    [' ', 'Enter your email address'],
    [['a@example.org', 'b@example.org'], 'Email address must be given only once'],
    [`${'a'.repeat(243)}@example.org`, 'Email address must be 254 characters or fewer'],
    ['anne', format],
    ['anne@', format],
    ['@example.org', format],
    ['anne@example', format],
    ['anne@@example.org', format],
    ['anne@exam ple.org', format],
    ['anne@example..org', format],
    ['anne@-example.org', format],
    ['anne@127.0.0.1', format],
    ['anne@[127.0.0.1]', format],
    ['Anne <anne@example.org>', format],
    ['anne@example.org, bob@example.org', format],
    ['anne@example.org\r\nBcc: bob@example.org', format],
    ['a..b@example.org', format],
    ['.ab@example.org', format],
    ['ab.@example.org', format],
    ['anne@example.org.', format],
    ['"anne k"@example.org', format]
  ]
  for (const [email, sentence] of cases) t.strictSame(said({ email }), [sentence], encodeURI(String(email)))
})

t.test('places are a whole number from 1 to what one booking may have', async t => {
  for (const places of ['0', '-1', '1.5', '1e9', '', 'two', '5', '٢', '0x2', '1 000', '99999999999999999999']) {
    t.strictSame(said({ places }), ['Enter how many places you need, from 1 to 4'], places)
  }
  t.strictSame(said({ places: ['1', '2'] }), ['Number of places must be given only once'])
  t.strictSame(said({ places: '2' }, { ...shape, placesPerBooking: 1 }), ['You can book 1 place'])
  t.equal(bookingForm(shape).parse({ ...form, places: undefined }).places, 1)
  t.equal(placesForm(4).parse({ places: ' 3 ' }).places, 3)
})

t.test('a role and a district are chosen from what is offered', async t => {
  for (const role of [undefined, '', 'admin', 'PARENT']) t.strictSame(said({ role }), ['Select who you are'])
  t.strictSame(said({ role: ['parent', 'carer'] }), ['Who you are must be given only once'])
  for (const district of [undefined, '', 'Bolton']) t.strictSame(said({ district }), ['Select where you live'])
  const kept = { districts: ['Westmorland\u00A0and Furness\u200B'], placesPerBooking: 4 }
  t.equal(bookingForm(kept).parse({ ...form, district: kept.districts[0] }).district, kept.districts[0], 'as it is kept since before')
  const anywhere = bookingForm({ districts: [], placesPerBooking: 1 })
  t.equal(anywhere.parse({ ...form, places: '1', district: 'Cumberland' }).district, undefined)
})

t.test('a phone number has 5 to 20 digits, written as people do', async t => {
  for (const phone of ['07700 900982', '+44 (0)808 157-0192', '01228.123456', '12345', '\u202D07700 900982\u202C',
    '07700\u2013900\u2011982', '+44\u00A0808\u2009157\u202F0192']) t.strictSame(said({ phone }), [])
  t.equal(bookingForm(shape).parse({ ...form, phone: '\u200B \u202C' }).phone, undefined, 'nothing that anyone sees')
  for (const phone of ['1234', 'call me', '+', '07700 900982 ext 4', '1'.repeat(21), '٠٧٧٠٠٩٠٠٩٨٢']) {
    t.strictSame(said({ phone }), ['Enter a phone number, like 07700 900 982 or +44 808 157 0192'], phone)
  }
})

t.test('free texts have an end, and are kept as they were seen', async t => {
  t.strictSame(said({ question: 'é'.repeat(1000) }), [])
  t.strictSame(said({ question: 'é'.repeat(1001) }), ['Your question must be 1,000 characters or fewer'])
  t.equal(bookingForm(shape).parse({ ...form, access_needs: 'a\u0000b\u202E\tc' }).accessNeeds, 'ab c')
  t.strictSame(said({ heard_from: 'x'.repeat(201) }), ['How you heard about this must be 200 characters or fewer'])
  t.strictSame(said({ heard_from: 'a\nb' }), ['How you heard about this must be on one line'])
})

t.test('a lost form number is made anew and a bad one is told', async t => {
  t.match(bookingForm(shape).parse({ ...form, submission: undefined }).submissionId, /^[\da-f-]{36}$/)
  t.match(said({ submission: 'x' })[0], /This form is damaged/)
})

t.test('an unknown field is named, shortened and without what does not print', async t => {
  t.strictSame(said({ status: 'confirmed' }), [
    'This form has no field “status”. Load the page again and fill it in once more.'
  ])
  t.match(said({ [`${'x'.repeat(500)}`]: '' })[0], `“${'x'.repeat(30)}”`)
  t.match(said({ 'a\u0000\u202Eb': '' })[0], '“a��b”')
  t.match(findMyBookingForm.safeParse({ email: 'a@example.org', id: '1' }).error?.issues[0]?.message, '“id”')
})

t.test('a field called __proto__ is one more unknown field', async t => {
  const sent = parse(`${new URLSearchParams(form).toString()}&__proto__=1&__proto__[isAdmin]=1`)

  const read = bookingForm(shape).safeParse(sent)

  t.match(read.error?.issues[0]?.message, 'This form has no field')
  t.notOk('isAdmin' in {})
})

t.test('only what fills the unseen field is trapped', async t => {
  t.ok(isTrapped({ ...form, remark: 'https://spam.example' }))
  t.ok(isTrapped({ ...form, remark: ['', ''] }))
  t.notOk(isTrapped(form))
  t.notOk(isTrapped(undefined))
})

t.test('a form that was open while the version before was there says what it called the unseen field', async t => {
  t.ok(isTrapped({ ...form, website: 'https://spam.example' }))
  t.strictSame(said({ website: '' }), [])
})

t.test('no text takes long to check', async t => {
  const ms = processorMs(() => {
    for (const text of ['a'.repeat(30_000), 'a.'.repeat(15_000), `${'a@'.repeat(15_000)}`, '1 '.repeat(15_000), ' '.repeat(30_000)]) {
      said({ name: text, email: `a@${text}`.slice(0, 254), phone: text, question: text, heard_from: text, submission: text })
    }
  })

  t.ok(ms < 500)
})
