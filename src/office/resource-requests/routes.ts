import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { mailboxOf } from '../../booking/bookings/address.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from '../../booking/bookings/likely-address.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError, inOrderOf } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { emailRateLimit, formRateLimit } from '../../platform/http/limits.ts'
import { notReached } from '../../platform/http/page-errors.ts'
import { untrapped } from '../../platform/http/trap.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { listPublicCampaigns } from '../../programme/activities/public-activities.ts'
import { listResources } from '../../programme/resources/queries.ts'
import { askForResources, cancelOwnRequest } from './commands.ts'
import { AskedBefore, RequestLinkEnded } from './errors.ts'
import { askPageOf, ownRequestPageOf, refusedAt } from './page.ts'
import type { AskShape } from './page.ts'
import { findResourceRequest } from './queries.ts'
import type { ResourceRequest } from './request.ts'
import { askFields, askForm, quantityField } from './schema.ts'

interface Token { Params: { token: string } }
/** What is asked where there are such things to ask for. */
type Shaped = Asked & { its: AskShape }
type Own = Asked<Token> & { own: ResourceRequest }

/** Professionals ask for resources, and see where their own request stands. */
export const resourceRequestRoutes: FastifyPluginAsync<{ resourceLinks: SignedIds }> = async (app, links) => {
  await app.register(askingRoutes)
  await app.register(ownRequestRoutes, links)
}

/** The fields of the form, in its order. */
function fieldsOf ({ resources }: AskShape): string[] {
  return [...resources.map(({ id }) => quantityField(id)), ...askFields]
}

const askingRoutes: FastifyPluginAsync = async app => {
  const countEmails = app.limitEmailsTo('ask for resources', emailRateLimit)

  app.setErrorHandler(async (error, request, reply) => {
    if (request.method !== 'POST') throw error
    // After what came to an end the form gets a new id, so that what is sent next counts as new.
    const isEnded = error instanceof AskedBefore
    const answer = isEnded ? reply.code(409) : app.answerDatabaseAway(error as Error, request, reply)
    const sentence = isEnded ? error.message : notReached
    return await asking(async asked => {
      const its = isEnded ? await shape() : lastShape
      return show({ ...asked, its }, formError('form', sentence), isEnded)
    })(request, answer)
  })

  app.get('/resources/ask', shaped(async asked => show(asked)))

  app.post('/resources/ask', { config: { rateLimit: formRateLimit } }, shaped(untrapped(showAgain, form({
    schema: ({ its: { resources, campaigns } }) => askForm(resources, campaigns, app.clock()),
    fields: ({ its }) => fieldsOf(its),
    again: showAgain,
    refused: refusedAt
  }, async asked => {
    const { body, input: { submission, ...input }, reply } = asked
    if (wantsAnother(body)) return show(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(input.email, meant.suggested, body)
      return reply.page('booking/bookings/check-address', { ...question, href: '/resources/ask' })
    }
    await countEmails(mailboxOf(meant.email), reply)
    const given = { ...input, email: meant.email }
    await askForResources(app.db, app.outbox, { ...given, id: idFromForm(submission, given) }, app.clock())
    return await reply.redirect('/resources/asked', 303)
  }))))

  app.get('/resources/asked', async (_, reply) => reply.page('office/resource-requests/asked'))

  /** As last read: for when the database is away. */
  let lastShape: AskShape = { resources: [], campaigns: [] }

  async function shape (): Promise<AskShape> {
    const [resources, campaigns] = await Promise.all([listResources(app.db), listPublicCampaigns(app.db, app.clock())])
    lastShape = { resources, campaigns }
    return lastShape
  }

  /** Lets a route answer by what there is to ask for now. */
  function shaped (answer: (asked: Shaped) => Promise<FastifyReply>) {
    return asking(async asked => await answer({ ...asked, its: await shape() }))
  }

  /** After a refusal, with how many are left now. */
  async function showAgain (asked: Shaped, errors: FormErrors): Promise<FastifyReply> {
    const its = await shape()
    return show({ ...asked, its }, inOrderOf(fieldsOf(its), errors))
  }

  function show ({ body, reply, its }: Shaped, errors?: FormErrors, renewed = false): FastifyReply {
    const values = typedOf(body, [...fieldsOf(its), 'submission'])
    if (renewed) values.submission = randomUUID()
    return reply.page('office/resource-requests/ask', askPageOf(its, app.clock(), { values, errors }))
  }
}

/** The page of one's own request, for anyone who has its link. */
const ownRequestRoutes: FastifyPluginAsync<{ resourceLinks: SignedIds }> = async (app, { resourceLinks }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const address = '/resources/requests/:token'

  app.get(address, owning(async ({ own, params: { token }, reply }) =>
    reply.page('office/resource-requests/own-request', ownRequestPageOf(own, token))))

  app.post(`${address}/cancellation`, { config: { rateLimit: formRateLimit } }, owning(async ({ own, params: { token }, reply }) => {
    await cancelOwnRequest(app.db, own.id, app.clock())
    // The page says where it stands: cancelled, or given out before.
    return await reply.redirect(`/resources/requests/${token}`, 303)
  }))

  function owning (answer: (asked: Own) => Promise<FastifyReply>) {
    return asking<Token>(async asked => {
      const id = resourceLinks.read(asked.params.token)?.id
      const own = id === undefined ? undefined : await findResourceRequest(app.db, id)
      if (own === undefined) throw new RequestLinkEnded()
      return await answer({ ...asked, own })
    })
  }
}
