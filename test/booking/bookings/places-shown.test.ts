import t from 'tap'
import { aForm, perceived, post, service } from '../../support/service.ts'
import { aBooking, anActivity } from '../../support/world.ts'

const shown = /Few places left|Places left|Fully booked/

for (const capacity of [40, 9, 8, 7]) {
  t.test(`what everyone reads of ${capacity} places does not tell who is booked`, async t => {
    const { app, db } = await service(t)
    const read = async (email: string) => {
      const { id, slug } = await anActivity(db, { capacity, placesPerBooking: 2 })
      await aBooking(db, id, { email: 'booked@example.org' })
      const pages = [`/activities/${slug}`, '/', `/activities/${slug}/book`]
      const seen = []
      for (let n = 0; n < 4; n++) {
        const answer = await post(app, `/activities/${slug}/book`, aForm(email, { name: `Anne ${n}`, places: n === 0 ? '2' : '1' }))
        const texts = await Promise.all(pages.map(async page => perceived(await app.inject(page)).text))
        seen.push([answer.statusCode, ...texts.map(text => shown.exec(text)?.[0])])
      }
      await db.activity.update({ where: { id }, data: { status: 'draft' } })
      return seen
    }

    t.strictSame(await read('booked@example.org'), await read('stranger@example.org'))
  })
}

t.test('no page says how many places are left', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db, { capacity: 3791 })

  for (const page of [`/activities/${slug}`, '/', `/activities/${slug}/book`]) {
    t.notMatch((await app.inject(page)).body, /3,?791/, page)
  }
})

t.test('of a full activity without a list everyone is told at the same time', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db, { capacity: 1, waitingList: 'off' })
  await aBooking(db, id, { email: 'booked@example.org' })

  for (const email of ['booked@example.org', 'stranger@example.org']) {
    const { promise, resolve } = Promise.withResolvers<string>()
    const answer = post(app, `/activities/${slug}/book`, aForm(email)).then(({ statusCode }) => String(statusCode))
    setTimeout(() => { resolve('not yet') }, 390)
    t.equal(await Promise.race([answer, promise]), 'not yet')
    t.equal(await answer, '409')
  }
})
