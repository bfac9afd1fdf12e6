import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { canonicalAddress, mailboxOf } from '../../booking/bookings/address.ts'
import { addressRateLimit } from '../../booking/bookings/booking-form-routes.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from '../../booking/bookings/likely-address.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, tickedIn } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { emailRateLimit, formRateLimit } from '../../platform/http/limits.ts'
import { notReached } from '../../platform/http/page-errors.ts'
import { untrapped } from '../../platform/http/trap.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { Seal } from '../../platform/seal.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { phaseOf } from '../../programme/entries/entry-form.ts'
import { EnteredBefore, EntriesClosed, EntryLinkEnded } from '../../programme/entries/errors.ts'
import { findEntry, findEntryForm } from '../../programme/entries/queries.ts'
import { baseOf } from './entered.ts'
import { enterActivity } from './enter.ts'
import { againValues, requestEntryLinks } from './again.ts'
import type { EntryLinks } from './links.ts'
import type { NetworkMark } from './network-mark.ts'
import { ownEntryRoutes } from './own-routes.ts'
import { closedPageOf, enterPageOf, firstValues } from './page.ts'
import type { FormShape } from './page.ts'
import { enterForm, fieldsOf, linksForm } from './schema.ts'

interface Slug { Params: { slug: string } }
interface Again { Params: { slug: string, token: string } }
/** What is asked of the form of a campaign. */
type OfForm = Asked<Slug> & { its: FormShape }

interface Needs { entryLinks: EntryLinks, networkMark: NetworkMark, seal: Seal }

/** Anyone with its link enters what they do in a campaign, and looks after it by a link of their own. */
export const entryRoutes: FastifyPluginAsync<Needs> = async (app, needs) => {
  await app.register(enteringRoutes, needs)
  await app.register(ownEntryRoutes, needs)
}

/** A long summary in a script that takes 12 bytes a character, and five long answers. */
const bodyLimit = 131_072

const enteringRoutes: FastifyPluginAsync<Needs> = async (app, { entryLinks, networkMark, seal }) => {
  const countEntries = app.limitEmailsTo('enter', addressRateLimit)
  const countEmails = app.limitEmailsTo('links to entries', emailRateLimit)
  const address = '/campaigns/:slug/take-part'
  const limited = { bodyLimit, config: { rateLimit: formRateLimit } }
  /** As last read: for when the database is away. */
  const known = new Map<string, FormShape>()

  app.addHook('onRequest', keepFromSearchEngines)

  app.setErrorHandler(async (error, request, reply) => {
    const its = known.get((request.params as Partial<Slug['Params']>).slug ?? '')
    if (request.method !== 'POST' || its === undefined) throw error
    // After what came to an end the form gets a new id, so that what is sent next counts as new.
    const isOurs = error instanceof EnteredBefore || error instanceof EntriesClosed
    const answer = isOurs ? reply.code(409) : app.answerDatabaseAway(error as Error, request, reply)
    return await asking<Slug>(async asked =>
      show({ ...asked, its }, formError('form', isOurs ? error.message : notReached), error instanceof EnteredBefore))(request, answer)
  })

  app.get(address, shaped(async asked => isOpen(asked) ? show(asked) : showClosed(asked)))

  app.post(address, limited, shaped(untrapped(show, form({
    schema: ({ its }: OfForm) => enterForm({ ...its, base: baseOf(its.campaign, its.form) }),
    fields: ({ its }) => fieldsOf(its.form),
    again: show
  }, async asked => {
    const { request, body, input, its, reply } = asked
    if (!isOpen(asked)) return showClosed(asked)
    if (wantsAnother(body)) return show(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(input.email, meant.suggested, body)
      return reply.page('booking/bookings/check-address', { ...question, href: `/campaigns/${its.campaign.slug}/take-part`, notYet: 'Nothing is sent yet.' })
    }
    await countEntries(mailboxOf(meant.email), reply)
    const { submission, again, ...given } = input
    const id = idFromForm(submission, { ...given, draft: undefined, slug: its.campaign.slug, email: meant.email })
    const earlier = again === undefined ? undefined : await earlierEntry(again)
    const network = networkMark(request.ip)
    const entering = { ...given, id, slug: its.campaign.slug, email: meant.email, againOfId: earlier?.id, network }
    await enterActivity(app.db, app.outbox, entering, app.clock())
    return await reply.redirect(`/campaigns/${its.campaign.slug}/take-part/sent`, 303)
  }))))

  app.get(`${address}/sent`, shaped(async ({ its, reply }) =>
    reply.page('office/entries/sent', { campaign: its.campaign.title, href: `/campaigns/${its.campaign.slug}/take-part` })))

  // Filled in with an earlier entry, for who has the link that was emailed to its address.
  app.get(`${address}/again/:token`, asking<Again>(async asked => {
    const its = await shape(asked.params.slug)
    const earlier = await earlierEntry(asked.params.token)
    if (earlier === undefined) throw new EntryLinkEnded()
    const about: OfForm = { ...asked, its }
    if (!isOpen(about)) return showClosed(about)
    const values = await againValues(app.db, seal, { earlier, ...its }, app.clock())
    const { reply, params: { token: again } } = asked
    const shown = { values: { ...firstValues(its), ...values, again } }
    return reply.page('office/entries/enter', { ...enterPageOf(its, shown, true), again })
  }))

  app.get(`${address}/links`, shaped(async asked => showLinks(asked)))

  // The answer is the same whether or not anything was entered with the address.
  app.post(`${address}/links`, limited, shaped(untrapped(showLinks, form({
    schema: linksForm, fields: ['email'], again: showLinks
  }, async asked => {
    const { body, input, its: { campaign }, reply } = asked
    if (wantsAnother(body)) return showLinks(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(input.email, meant.suggested, body)
      return reply.page('booking/bookings/check-address', { ...question, href: `/campaigns/${campaign.slug}/take-part/links`, notYet: 'Nothing is sent yet.' })
    }
    const canonicalEmail = canonicalAddress(meant.email)
    await countEmails(mailboxOf(meant.email), reply)
    await requestEntryLinks(app.db, app.outbox, { campaignId: campaign.id, canonicalEmail }, app.clock())
    return await reply.redirect(`/campaigns/${campaign.slug}/take-part/links/sent`, 303)
  }))))

  app.get(`${address}/links/sent`, shaped(async ({ its: { campaign }, reply }) =>
    reply.page('office/entries/links-sent', { campaign: campaign.title, href: `/campaigns/${campaign.slug}/take-part` })))

  /** The form of a campaign that is switched on. Nobody learns of a campaign by asking for one that is not. */
  async function shape (slug: string): Promise<FormShape> {
    const found = isSlug(slug) ? await findEntryForm(app.db, slug) : undefined
    if (found?.form.isOn !== true) throw new CampaignNotFound()
    if (known.size > 100) known.clear()
    known.set(slug, found)
    return found
  }

  function shaped (answer: (asked: OfForm) => Promise<FastifyReply>) {
    return asking<Slug>(async asked => await answer({ ...asked, its: await shape(asked.params.slug) }))
  }

  /** The entry that a link offers to enter again, while that link holds. */
  async function earlierEntry (token: string): Promise<Entry | undefined> {
    const signed = entryLinks.again.read(token)
    const entry = signed === undefined ? undefined : await findEntry(app.db, signed.id)
    return entry?.linkVersion === signed?.version ? entry : undefined
  }

  function isOpen ({ its: { form, campaign } }: OfForm): boolean {
    return phaseOf(form, campaign.zone, app.clock()) === 'open'
  }

  function showClosed ({ its, reply }: OfForm): FastifyReply {
    return reply.page('office/entries/closed', closedPageOf(its, app.clock()))
  }

  function show ({ body, reply, its }: OfForm, errors?: FormErrors, renewed = false): FastifyReply {
    const isFilledIn = Object.keys(body as object).length > 0
    const typed = typedOf(body, [...fieldsOf(its.form), 'submission', 'again'])
    const values = isFilledIn
      ? { ...typed, audiences: tickedIn(body, 'audiences').join(',') }
      : firstValues(its)
    const shown = { values: renewed ? { ...values, submission: randomUUID() } : values, errors }
    const { again } = typed
    return reply.page('office/entries/enter', { ...enterPageOf(its, shown, again !== undefined), again })
  }

  function showLinks ({ body, reply, its: { campaign } }: OfForm, errors?: FormErrors): FastifyReply {
    return reply.page('office/entries/links', {
      campaign: campaign.title, href: `/campaigns/${campaign.slug}/take-part`, values: typedOf(body, ['email']), errors
    })
  }
}
