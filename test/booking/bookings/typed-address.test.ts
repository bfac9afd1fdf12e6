import t from 'tap'
import { typedAddressSeal } from '../../../src/booking/bookings/typed-address.ts'
import { aForm, perceived, post, service } from '../../support/service.ts'
import { setCookies } from '../../support/staff.ts'
import { anActivity, secretKey } from '../../support/world.ts'

const name = '__Secure-typed-address'

t.test('the page after booking shows the address that was typed, once, and to nobody else', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const url = `/activities/${slug}/booked`

  const booked = await post(app, `/activities/${slug}/book`, aForm('Anne+news@Example.org'))
  const [cookie = ''] = setCookies(booked)
  const shown = await app.inject({ url, headers: { cookie: cookie.split(';')[0] ?? '' } })
  const later = await app.inject({ url })

  t.equal(booked.headers.location, url)
  t.match(cookie, /^__Secure-typed-address=[\w.-]+; Max-Age=120; Path=\/activities\/[\w-]+\/booked; HttpOnly; Secure; SameSite=Strict$/)
  t.match(perceived(shown).text, 'We’ve emailed Anne+news@Example.org . Open it to see if you have a place.')
  t.match(perceived(shown).text, 'Is that address wrong? Book again')
  t.match(setCookies(shown)[0], /^__Secure-typed-address=; .*Expires=Thu, 01 Jan 1970/, 'gone with the answer')
  t.match(perceived(later).text, 'We’ve emailed you. Open it')
  t.strictSame(setCookies(later), [])
  t.equal(later.headers['cache-control'], shown.headers['cache-control'])
})

t.test('whatever else a cookie holds is not shown', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db)
  const url = `/activities/${slug}/booked`

  const { close } = typedAddressSeal(secretKey)

  for (const value of [
    '', '%3Cscript%3E', 'anne', '%E0%A4%A', encodeURIComponent('a@b.example'), close('a@b.example'),
    close('a@b.example', '/activities/other/booked'), close('a@b.example <b>', url), close('a@b.example', url).slice(0, -4)
  ]) {
    const page = await app.inject({ url, headers: { cookie: `${name}=${value}` } })
    t.equal(page.statusCode, 200)
    t.match(perceived(page).text, 'We’ve emailed you. Open it', value)
  }
  const odd = await app.inject({ url, headers: { cookie: `${name}=${close('o\'brien&zoë@bücher.example', url)}` } })
  t.match(perceived(odd).text, 'o\'brien&zoë@bücher.example')
  t.notMatch(odd.body, '&zoë')
})
