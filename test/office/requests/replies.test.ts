import t from 'tap'
import { sendLastEmails } from '../../../src/office/rights/jobs.ts'
import { acknowledgeRequests } from '../../../src/office/requests/jobs.ts'
import { tellOfMoves } from '../../../src/office/resource-requests/jobs.ts'
import { contextFor } from '../../support/email-context.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { aRequestOf } from '../../support/requests.ts'
import { aResource, aResourceRequest } from '../../support/resources.ts'
import { aCampaign, noon, world } from '../../support/world.ts'

t.test('replies about requests go to the campaign’s partnership, or to the one address of all who run campaigns', async t => {
  const its = await world(t)
  const { db } = its
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const { id: campaignId } = await aCampaign(db, { partnership: 'Cumbria' })
  const { id: wristbands } = await aResource(db)
  const repliesTo = async () => {
    const before = mailbox.taken.length
    const { id: requestId } = await aRequestOf(db)
    const { id: resources } = await aResourceRequest(db, wristbands)
    const { id: ofCampaign } = await aResourceRequest(db, wristbands, { campaignId })
    const erasure = await db.erasure.create({
      data: {
        email: 'anne@example.org',
        canonicalEmail: 'anne@example.org',
        name: 'Anne',
        askedAt: noon.toJSDate(),
        doneBy: noon.plus({ days: 2 }).toJSDate()
      }
    })
    await acknowledgeRequests(context, [{ requestId }])
    await tellOfMoves(context, [{ requestId: resources, status: 'asked' }])
    await tellOfMoves(context, [{ requestId: ofCampaign, status: 'asked' }])
    await sendLastEmails(context, [{ erasureId: erasure.id }])
    await db.erasure.deleteMany()
    return mailbox.taken.slice(before).map(({ mail }) => mail.replyTo?.text)
  }
  const replies = async (partnership: string, address: string) => {
    await db.replyAddress.upsert({ where: { partnership }, create: { partnership, address }, update: { address } })
  }
  const [cumbria, office] = ['hello@cumbria.example', 'office@both.example']

  t.strictSame(await repliesTo(), [undefined, undefined, undefined, undefined], 'nobody has said where')
  await replies('Cumbria', cumbria)
  t.strictSame(await repliesTo(), [cumbria, cumbria, cumbria, cumbria])
  await aCampaign(db, { partnership: 'Kent' })
  t.strictSame(await repliesTo(), [undefined, undefined, cumbria, undefined], 'it may be meant for Kent')
  await replies('Kent', 'hello@kent.example')
  t.strictSame(await repliesTo(), [undefined, undefined, cumbria, undefined])
  await replies('Kent', office)
  await replies('Cumbria', office)
  t.strictSame(await repliesTo(), [office, office, office, office])
})
