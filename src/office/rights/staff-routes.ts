import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { LegallyHeld } from '../legal-holds/errors.ts'
import type { ReadKeptEmail } from '../../mail/emails/read-kept-email.ts'
import { confirming, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { askToSignInAgain } from '../../identity/staff/recent-sign-in.ts'
import { parseSearch } from '../../booking/attendees/search-query.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { findPeople } from '../people/queries.ts'
import { findPerson } from './callers.ts'
import type { Person } from './callers.ts'
import { eraseEverything, seeEverything } from './commands.ts'
import type { Gone } from './commands.ts'
import { eraseCaller } from './erase-caller.ts'
import { searchHref, typedIn } from './kept-search.ts'
import { readKeptTexts } from './kept-texts.ts'
import { everythingAsFile } from './everything-as-file.ts'
import { erasingForm, personFields, personForm } from './schema.ts'
import { personPageOf, searchPageOf, whoOf } from './staff-page.ts'

/** What is asked about someone, as it was typed, and once it is known who is meant. */
type Sought = Asked & { input: { email: string } }
type Found = Sought & { person: Person }

const done = {
  asked: 'Their bookings are cancelled, and they are being told by email. Everything else is deleted once they were told, within 48 hours at the latest.',
  'asked-already': 'This had been asked for already. It is deleted once they were told.',
  erased: 'Everything about this person is deleted.',
  'nothing-held': 'We hold nothing about this address.',
  changed: 'Nothing is deleted: that booking is gone, or has an email address by now. Look for them again.'
}

/** What these routes need besides the app's own. */
interface RightsParts {
  readKeptEmail: ReadKeptEmail | undefined
  /** Deletes the traces outside the database of what was erased; without it the night does. */
  followErased: ((gone: Gone) => Promise<void>) | undefined
}

/**
 * Everything that is held about one person: viewing, exporting, erasing it. Forms carry their address or reference,
 * because browsers, proxies and logs keep URLs.
 */
export const rightsStaffRoutes: FastifyPluginAsync<RightsParts> = async (app, { readKeptEmail, followErased }) => {
  const { searchSeal: seal } = app
  requirePermission(app, 'answer for personal data')

  app.get('/person', asking(async ({ query, reply, request }) => reply.page('office/rights/person-search', {
    staff: staffOf(request),
    ...searchPageOf(typedIn(seal, query.who), undefined, app.clock()),
    done: sentenceFor(done, query.done)
  })))

  const someone = { schema: personForm, fields: personFields, again: searchAgain }

  app.post('/person', asking(form(someone, ofPerson(async ({ request, person, reply }) =>
    await show(request, reply, person)))))

  app.post('/person/file', asking(form(someone, ofPerson(async ({ request, person, reply }) => {
    const seen = { staffMemberId: staffOf(request).id, action: 'person.exported' } as const
    const everything = await seeEverything(app.db, person, seen, app.clock())
    const file = everythingAsFile(everything, await readKeptTexts(everything, readKeptEmail), true)
    return await reply.type('application/json; charset=utf-8').header('content-disposition', 'attachment; filename="person.json"')
      .send(JSON.stringify(file, null, 2))
  }))))

  app.post('/person/erasure', asking(form({
    schema: erasingForm, fields: personFields, again: searchAgain
  }, ofPerson(confirming(showEffects, refusing(LegallyHeld, showHeld, async ({ request, person, input, reply }) => {
    const is = await erase(person, input.confirmed, staffOf(request))
    return await reply.redirect(`/staff/person?done=${is}`, 303)
  }))))))

  async function erase (person: Person, confirmed: string | undefined, by: StaffMember): Promise<keyof typeof done> {
    const now = app.clock()
    if ('email' in person) return await eraseEverything(app.db, app.outbox, { address: person.email, confirmed }, by, now)
    const gone = await eraseCaller(app.db, app.outbox, { reference: person.reference, confirmed }, by, now)
    if (gone === undefined) return 'changed'
    await followErased?.(gone)
    return 'erased'
  }

  /**
   * Finds who is meant, for someone who lately showed who they are; others come back to what they typed. Anything but
   * an address or a reference is searched for.
   */
  function ofPerson<A extends Sought> (answer: (asked: A & { person: Person }) => Promise<FastifyReply>) {
    return async (asked: A): Promise<FastifyReply> => {
      const { request, input: { email: typed }, reply } = asked
      if (await askToSignInAgain(request, reply, searchHref(seal, typed))) return reply
      const person = await findPerson(app.db, typed)
      return person === undefined ? await showFound(asked) : await answer({ ...asked, person })
    }
  }

  async function showFound ({ request, input: { email: typed }, reply }: Sought): Promise<FastifyReply> {
    const staff = staffOf(request)
    const now = app.clock()
    const sought = parseSearch(typed)
    const found = sought === undefined
      ? { people: [], total: 0 }
      : await findPeople(app.db, staff, sought, now, { skip: 0, take: perPage })
    return reply.page('office/rights/person-search', { staff, ...searchPageOf(typed, found, now) })
  }

  function showEffects ({ request, person, body, reply }: Found, required: ConfirmationRequired): FastifyReply {
    return reply.page('office/rights/person-effects', {
      staff: staffOf(request), who: whoOf(person), ...effectsOf(required), fields: hiddenFieldsOf(body)
    })
  }

  async function showHeld ({ request, person, reply }: Found, { message }: LegallyHeld): Promise<FastifyReply> {
    return await show(request, reply, person, formError('holds', message))
  }

  async function show (
    request: FastifyRequest, reply: FastifyReply, person: Person, errors?: FormErrors
  ): Promise<FastifyReply> {
    const seen = { staffMemberId: staffOf(request).id, action: 'person.shown' } as const
    const now = app.clock()
    const everything = await seeEverything(app.db, person, seen, now)
    const texts = await readKeptTexts(everything, readKeptEmail)
    return reply.page('office/rights/person', { staff: staffOf(request), ...personPageOf(person, everything, texts, now), errors })
  }

  function searchAgain ({ request, body, reply }: Asked, errors: FormErrors): FastifyReply {
    const { email: typed } = typedOf(body, personFields)
    return reply.page('office/rights/person-search', {
      staff: staffOf(request), ...searchPageOf(typed, undefined, app.clock(), errors)
    })
  }
}
