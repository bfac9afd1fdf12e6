import { DateTime } from 'luxon'
import type { Test } from 'tap'
import { askLeads, thankLeads } from '../../../src/office/outcomes/jobs.ts'
import type { Fact, Facts } from '../../../src/platform/outbox.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { contextFor } from '../../support/email-context.ts'
import { aMailbox } from '../../support/mailbox.ts'
import { post, service } from '../../support/service.ts'
import { aLink, aStaffMember, cookieOf } from '../../support/staff.ts'
import { aCampaign, anActivity } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

export const zone = 'Europe/London'
export const at = (text: string) => DateTime.fromISO(text, { zone }).toUTC() as DateTime<true>

/** A week in March 2027 with a clock that can be turned, a mail server and an organiser who is signed in. */
export async function aWeekOfAction (t: Test, now = at('2027-03-08T12:00')) {
  let time = now
  const its = await service(t, { clock: () => time })
  const mailbox = await aMailbox(t)
  const context = contextFor(t, its, mailbox.url)
  const turnClock = (to: DateTime<true>) => { time = to; context.turnClock(to) }
  turnClock(now)
  const campaign = await aCampaign(its.db, {
    slug: 'week',
    title: 'Know who your friends are',
    partnership: 'Bolton partnership',
    kind: 'week-of-action',
    firstDay: new Date('2027-03-01'),
    lastDay: new Date('2027-03-07')
  })
  await its.db.campaignDate.create({ data: { campaignId: campaign.id, kind: 'numbers-due', day: new Date('2027-04-04') } })
  const member = await aStaffMember(its.db, { role: 'organiser' })
  /** Signs in as the organiser, at the time that it is. */
  const signIn = async () => ({ cookie: cookieOf(await post(its.app, await aLink(its.db, member, time), {})) })
  const lead = await aStaffMember(its.db, { name: 'Asha Lead', email: 'asha@school.example', role: 'organiser' })

  /** Something of the week that is over, of which somebody leads. */
  async function aStall (
    title: string, given: Partial<Activity> = {}, owner: object = { ownerId: lead.id }
  ): Promise<Activity> {
    const activity = await anActivity(its.db, {
      campaignId: campaign.id,
      title,
      slug: title.toLowerCase().replaceAll(/\W+/g, '-'),
      kind: 'stall',
      isOnline: false,
      venue: 'Market Place',
      booking: 'none',
      capacity: null,
      startsAt: at('2027-03-04T10:00').toJSDate(),
      endsAt: at('2027-03-04T12:00').toJSDate(),
      ...given
    })
    await its.db.activityPlan.create({ data: { activityId: activity.id, stage: 'confirmed', ...owner } })
    return activity
  }

  const read = async (url: string) => await its.app.inject({ url, headers: await signIn() })
  const send = async (url: string, fields: string | Record<string, string>) =>
    await post(its.app, url, fields, await signIn())
  /** Sends a form of a page, and then that of the page that says what it does. */
  const confirmed = async (url: string, fields: string | Record<string, string>) => {
    const asked = await send(url, fields)
    const sent = await send(url, new URLSearchParams(hiddenIn(asked.body)).toString())
    return { asked, sent }
  }
  return { ...its, mailbox, context, turnClock, campaign, member, lead, aStall, read, send, confirmed }
}

/** Every hidden field of the form that has the token, in its order. */
function hiddenIn (body: string): Array<[string, string]> {
  const form = /<form[^>]*id="form"[\s\S]*?<\/form>/.exec(body)?.[0] ?? ''
  return [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
    .map(([, name = '', value = '']) => [name, value])
}

/** Does the jobs of a fact that wait, as the worker would. */
export async function doOutcomeJobs ({ boss }: World, context: Parameters<typeof askLeads>[0]): Promise<void> {
  await doThem('outcomes.due', async dues => await askLeads(context, dues))
  await doThem('thanks.due', async dues => await thankLeads(context, dues))

  async function doThem<F extends Fact> (
    fact: F, handle: (payloads: Array<Facts[F]>) => Promise<Array<PromiseSettledResult<void>>>
  ): Promise<void> {
    for (const { id, data } of await boss.fetch<Facts[F]>(fact, { batchSize: 1000 })) {
      const [end] = await handle([data])
      if (end?.status === 'rejected') throw end.reason
      await boss.complete(fact, id)
    }
  }
}

/** The links of an email to say what something came to. */
export function linksIn (text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/https:\/\/workshops\.example\.org(\/outcomes\/\S+)/g)].map(([, path = '']) => path)
}
