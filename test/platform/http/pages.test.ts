import fc from 'fast-check'
import t from 'tap'
import { inAscii } from '../../../src/platform/http/pages.ts'
import { perceived, service } from '../../support/service.ts'
import { anActivity } from '../../support/world.ts'

t.test('in ASCII a page means the same', async t => {
  t.equal(inAscii('<p title="é">It’s 🙂 &amp; 李</p>'), '<p title="&#233;">It&#8217;s &#128578; &amp; &#26446;</p>')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), html => {
    t.equal(inAscii(html), html.replace(/[^\p{ASCII}]/gu, character => `&#${character.codePointAt(0)};`))
  }))
})

t.test('a page that many see is sent in ASCII and reads as it was written', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db, { title: 'Sicher im Netz – für Eltern 🙂' })

  const answer = await app.inject(`/activities/${slug}`)

  t.match(answer.body, /^\p{ASCII}*$/u)
  t.equal(perceived(answer).h1, 'Sicher im Netz – für Eltern 🙂')
})
