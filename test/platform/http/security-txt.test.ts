import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { securityTxtOf } from '../../../src/platform/http/security-txt.ts'
import { perceived, service } from '../../support/service.ts'

const path = '/.well-known/security.txt'
const contact = 'mailto:security@example.org'
const origin = 'https://workshops.example.org'

/** The fields of a security.txt, as a program reads them (RFC 9116 §4). */
const fieldsOf = (text: string) => text.split('\n').slice(0, -1).map(line => line.split(': '))

t.test('whoever finds a hole reads where to report it', async t => {
  const { app } = await service(t, { securityContact: contact })

  const answer = await app.inject(path)

  t.match(answer, { statusCode: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } })
  t.strictSame(fieldsOf(answer.body), [
    ['Contact', contact], ['Expires', '2027-05-01T00:00:00Z'], ['Canonical', `${origin}${path}`], ['Preferred-Languages', 'en']
  ])
  t.equal((await app.inject({ method: 'HEAD', url: path })).statusCode, 200)
  t.match(await app.inject({ method: 'POST', url: path }), { statusCode: 405, headers: { allow: 'GET, HEAD' } })
})

t.test('where nobody reads what is reported, there is no such page', async t => {
  const { app } = await service(t)

  const answer = await app.inject(path)

  t.equal(answer.statusCode, 404)
  t.match(perceived(answer).text, 'Page not found')
})

t.test('it expires in the future and within a year whenever it is read, and is the same all month', async () => {
  const instants = fc.date({ min: new Date('2020-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    .map(date => DateTime.fromJSDate(date, { zone: 'utc' }) as DateTime<true>)
  const read = (now: DateTime<true>) => securityTxtOf(contact, origin, now)

  fc.assert(fc.property(instants, now => {
    const [, expires = ''] = /^Expires: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/m.exec(read(now)) ?? []
    const expiresAt = DateTime.fromISO(expires)
    return expiresAt > now.plus({ months: 4 }) && expiresAt < now.plus({ years: 1 }) &&
      read(now) === read(now.startOf('month')) && read(now) === read(now.endOf('month'))
  }))
})

t.test('an address that is not encrypted is not said to be the right one', async t => {
  const at = DateTime.fromISO('2026-11-24T12:00:00Z', { zone: 'utc' }) as DateTime<true>

  t.notMatch(securityTxtOf(contact, 'http://localhost:3000', at), /Canonical/)
})
