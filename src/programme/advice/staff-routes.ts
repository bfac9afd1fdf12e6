import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, versionHashIn, submissionIn } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { aboutCampaign } from '../campaigns/campaign-address.ts'
import type { AdviceDraft, AdvicePage } from './advice-page.ts'
import { addAdvice, changeAdvice, removeAdvice } from './commands.ts'
import { AdviceChanged, AdviceNotFound } from './errors.ts'
import { findAdvice, findCampaignOf, listAdvice } from './queries.ts'
import { adviceFields, adviceForm, newAdviceForm, removalForm } from './schema.ts'
import { adviceFormPageOf, adviceListPageOf, listHrefOf, removalPageOf } from './staff-page.ts'
import type { OfCampaign, TriedAdvice } from './staff-page.ts'

/** The longest text and links in a script that takes twelve bytes a character, plus the other fields. */
const bodyLimit = 524_288

const done = {
  added: 'The page of advice is added.',
  changed: 'The page of advice is changed.',
  removed: 'The page of advice is removed.'
}

/** What is asked about the pages of a campaign, or of those of none. */
type OfMany = Asked & { campaign?: { id: string, slug: string, title: string } }

/** What is asked about one page. */
type OfOne = Asked & { page: AdvicePage, campaign: OfCampaign }

/** Pages of advice, of a campaign and for all: adding, changing and removing them. */
export const adviceStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')

  app.get('/advice', asking(async asked => await showAll(asked)))
  app.get('/campaigns/:slug/advice', aboutCampaign(app, async asked => await showAll(asked)))

  app.get('/advice/new', asking(async asked => await askForNew(asked)))
  app.get('/campaigns/:slug/advice/new', aboutCampaign(app, async asked => await askForNew(asked)))

  app.post('/advice/new', { bodyLimit }, asking(adding()))
  app.post('/campaigns/:slug/advice/new', { bodyLimit }, aboutCampaign(app, adding()))

  app.get('/advice/:id', editing(async asked => show(asked)))

  app.post('/advice/:id', { bodyLimit }, editing(form({
    schema: adviceForm, fields: adviceFields, again: showAgain
  }, refusing(AdviceChanged, showBeside, async ({ request, page: { id }, campaign, input, reply }) => {
    const { edition: versionHash, ...draft } = input
    await changeAdvice(app.db, { id, versionHash }, draft, staffOf(request), app.clock())
    return await reply.redirect(`${listHrefOf(campaign)}?done=changed`, 303)
  }))))

  app.get('/advice/:id/removal', editing(async asked => askBack(asked)))

  app.post('/advice/:id/removal', editing(form({
    schema: removalForm,
    again: async (asked, errors) => askBack({ ...asked, page: await pageOn(asked.page.id) }, errors),
    refused: error => error instanceof AdviceChanged
      ? formError('form', 'Someone has changed this page since you opened it. Read what it says now, then press the button again.')
      : undefined
  }, async ({ request, page: { id }, campaign, input: { edition: versionHash }, reply }) => {
    await removeAdvice(app.db, { id, versionHash }, staffOf(request), app.clock())
    return await reply.redirect(`${listHrefOf(campaign)}?done=removed`, 303)
  })))

  function adding () {
    return form<OfMany, typeof newAdviceForm>({
      schema: newAdviceForm, fields: adviceFields, again: askForNew
    }, async ({ request, campaign, input, reply }) => {
      await addAdvice(app.db, { ...input, campaignId: campaign?.id }, staffOf(request), app.clock())
      return await reply.redirect(`${listHrefOf(campaign)}?done=added`, 303)
    })
  }

  async function showAll ({ request, campaign, query, reply }: OfMany): Promise<FastifyReply> {
    const pages = await listAdvice(app.db, campaign?.id)
    return reply.page('programme/advice/advice-list', {
      staff: staffOf(request), ...adviceListPageOf(pages, campaign), done: sentenceFor(done, query.done)
    })
  }

  async function askForNew ({ request, campaign, body, reply }: OfMany, errors?: FormErrors): Promise<FastifyReply> {
    const pages = await listAdvice(app.db, campaign?.id)
    const position = Math.min(999, Math.max(0, ...pages.map(({ position }) => position)) + 10)
    const tried = errors && { typed: typedIn(body), errors }
    return reply.page('programme/advice/advice-form', {
      staff: staffOf(request),
      ...adviceFormPageOf({ page: undefined, campaign, position }, tried),
      submission: submissionIn(body)
    })
  }

  function show ({ request, page, campaign, reply }: OfOne, tried?: TriedAdvice): FastifyReply {
    const model = adviceFormPageOf({ page, campaign, position: page.position }, tried)
    return reply.page('programme/advice/advice-form', { staff: staffOf(request), ...model })
  }

  function showAgain (asked: OfOne, errors: FormErrors): FastifyReply {
    const { body } = asked
    return show(asked, { typed: typedIn(body), errors, versionHash: versionHashIn(body) })
  }

  /** Nothing that was typed is lost: the current state is shown beside it. */
  async function showBeside (asked: OfOne & { input: AdviceDraft }, { message }: AdviceChanged): Promise<FastifyReply> {
    const { body, input: mine } = asked
    const tried = { typed: typedIn(body), errors: formError('form', message), mine }
    return show({ ...asked, page: await pageOn(asked.page.id) }, tried)
  }

  function askBack ({ request, page, campaign, reply }: OfOne, errors?: FormErrors): FastifyReply {
    const model = removalPageOf(page, campaign, errors)
    return reply.page('programme/advice/advice-removal', { staff: staffOf(request), ...model })
  }

  function editing (answer: (asked: OfOne) => Promise<FastifyReply>) {
    return asking<{ Params: { id: string } }>(async asked => {
      const { id } = asked.params
      if (!isId(id)) throw new AdviceNotFound()
      const page = await pageOn(id.toLowerCase())
      return await answer({ ...(asked as Asked), page, campaign: await findCampaignOf(app.db, page) })
    })
  }

  async function pageOn (id: string): Promise<AdvicePage> {
    const page = await findAdvice(app.db, id)
    if (page === undefined) throw new AdviceNotFound()
    return page
  }
}

/** What was typed, by field. */
function typedIn (body: unknown): Record<string, string> {
  return typedOf(body, adviceFields) as Record<string, string>
}
