import t from 'tap'
import { systemClock } from '../../src/platform/clock.ts'
import { counted } from '../support/counted.ts'
import { eventually } from '../support/running-service.ts'
import { aForm, post } from '../support/service.ts'
import { expectSound } from '../support/sound.ts'
import { inAWeek, wholeService } from '../support/whole-service.ts'
import { anActivity, world } from '../support/world.ts'

t.test('the computer’s clock is put back and forward: emails go on, and nothing is said over and over', async t => {
  const { url } = await world(t)
  const { app, db, mailbox, isReady } = await wholeService(t, url)
  const { slug } = await anActivity(db, inAWeek)
  const warnings: string[] = []
  const warn = ({ name }: Error) => { warnings.push(name) }
  process.on('warning', warn)
  const now = Date.now
  t.teardown(() => {
    Date.now = now
    process.off('warning', warn)
  })

  const answered: string[] = []
  for (const hours of [-1, -24 * 60, 3, 0]) {
    Date.now = () => now() + hours * 3_600_000
    // Time for each worker to poll its queue once by the new clock.
    await new Promise(resolve => { setTimeout(resolve, 1_200) })
    const email = `at-${answered.length}@example.org`
    t.equal((await post(app, `/activities/${slug}/book`, aForm(email))).statusCode, 303)
    answered.push(email)
    await eventually(() => mailbox.taken.length === answered.length)
    t.ok(await isReady(), `${hours} hours`)
  }
  t.strictSame(warnings, [])
  counted(t, 'The clock jumps', { answered, found: mailbox.taken.flatMap(({ to }) => to) })
  await expectSound(db, { now: systemClock() })
})
