import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { LegallyHeld } from '../legal-holds/errors.ts'
import type { ReadKeptEmail } from '../../mail/emails/read-kept-email.ts'
import { confirming, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { askToSignInAgain } from '../../identity/staff/recent-sign-in.ts'
import { eraseEverything, seeEverything } from './commands.ts'
import { readKeptTexts } from './kept-texts.ts'
import { everythingAsFile } from './page.ts'
import { erasingForm, personFields, personForm } from './schema.ts'
import { personPageOf, searchPageOf } from './staff-page.ts'

/** What is asked about an address. */
type Found = Asked & { input: { email: string } }

interface Searched { Querystring: { done?: unknown } }

const done = {
  asked: 'Their bookings are cancelled, and they are being told by email. Everything else is deleted once they were told, within 48 hours at the latest.',
  'asked-already': 'This had been asked for already. It is deleted once they were told.',
  'nothing-held': 'We hold nothing about this address.'
}

/**
 * Everything that is held about one address: viewing, exporting, erasing it. Forms carry the address, because browsers,
 * proxies and logs keep URLs.
 */
export const rightsStaffRoutes: FastifyPluginAsync<{ readKeptEmail: ReadKeptEmail | undefined }> = async (
  app, { readKeptEmail }
) => {
  requirePermission(app, 'answer for personal data')

  app.get<Searched>('/person', async (request, reply) => reply.page('office/rights/person-search', {
    staff: staffOf(request), ...searchPageOf(), done: sentenceFor(done, request.query.done)
  }))

  const someone = { schema: personForm, fields: personFields, again: searchAgain }

  app.post('/person', asking(form(someone, async ({ request, input, reply }) => {
    if (await askToSignInAgain(request, reply, '/staff/person')) return reply
    return await show(request, reply, input.email)
  })))

  app.post('/person/file', asking(form(someone, async ({ request, input, reply }) => {
    if (await askToSignInAgain(request, reply, '/staff/person')) return reply
    const seen = { staffMemberId: staffOf(request).id, action: 'person.exported' } as const
    const everything = await seeEverything(app.db, input.email, seen, app.clock())
    const file = everythingAsFile(everything, await readKeptTexts(everything, readKeptEmail), true)
    return await reply.type('application/json; charset=utf-8').header('content-disposition', 'attachment; filename="person.json"')
      .send(JSON.stringify(file, null, 2))
  })))

  app.post('/person/erasure', asking(form({
    schema: erasingForm, fields: personFields, again: searchAgain
  }, confirming(showEffects, refusing(LegallyHeld, showHeld, async ({ request, input, reply }) => {
    if (await askToSignInAgain(request, reply, '/staff/person')) return reply
    const { email: address, confirmed } = input
    const is = await eraseEverything(app.db, app.outbox, { address, confirmed }, staffOf(request), app.clock())
    return await reply.redirect(`/staff/person?done=${is}`, 303)
  })))))

  function showEffects ({ request, body, input, reply }: Found, required: ConfirmationRequired): FastifyReply {
    return reply.page('office/rights/person-effects', {
      staff: staffOf(request), email: input.email, ...effectsOf(required), fields: hiddenFieldsOf(body)
    })
  }

  async function showHeld ({ request, input, reply }: Found, { message }: LegallyHeld): Promise<FastifyReply> {
    return await show(request, reply, input.email, formError('holds', message))
  }

  async function show (
    request: FastifyRequest, reply: FastifyReply, email: string, errors?: FormErrors
  ): Promise<FastifyReply> {
    const seen = { staffMemberId: staffOf(request).id, action: 'person.shown' } as const
    const now = app.clock()
    const everything = await seeEverything(app.db, email, seen, now)
    const texts = await readKeptTexts(everything, readKeptEmail)
    return reply.page('office/rights/person', { staff: staffOf(request), ...personPageOf(email, everything, texts, now), errors })
  }

  function searchAgain (
    { request, body, reply }: Asked, errors: FormErrors
  ): FastifyReply {
    const typed = { values: typedOf(body, personFields), errors }
    return reply.page('office/rights/person-search', { staff: staffOf(request), ...searchPageOf(typed) })
  }
}
