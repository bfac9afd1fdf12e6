import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, versionHashIn, submissionIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { addResource, changeResource, changeStock, retireResource } from './commands.ts'
import { BelowPromised, ResourceChanged, ResourceNameTaken, ResourceNotFound, StockChanged } from './errors.ts'
import { findResource, listResources } from './queries.ts'
import type { Resource, ResourceTexts } from './resource.ts'
import {
  newResourceFields, newResourceForm, resourceFields, resourceForm, retirementForm, stockFields, stockForm
} from './schema.ts'
import { listStockChanges } from './stock-history.ts'
import { hrefOf, newResourcePageOf, resourcePageOf, stockPageOf } from './staff-page.ts'
import type { Tried } from './staff-page.ts'

interface Address { Params: { id: string } }
type OfResource = Asked<Address> & { resource: Resource }

/** Of a longer history the last changes are shown. */
const mostChanges = 50

const done = {
  added: 'The resource is added. Anyone can ask for it now.',
  changed: 'The resource is changed.',
  counted: 'The stock is changed.',
  retired: 'Nobody can ask for it any more. What is promised stays promised.',
  restored: 'Anyone can ask for it again.'
}

/** What there is to ask for, and how many: adding, changing, counting, retiring. */
export const stockStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run resources')
  const address = '/resources/stock/:id'

  app.get('/resources/stock', asking(async ({ request, query, reply }) => reply.page('programme/resources/stock', {
    staff: staffOf(request), ...stockPageOf(await listResources(app.db)), done: sentenceFor(done, query.done)
  })))

  app.get('/resources/stock/new', asking(async asked => askForNew(asked)))

  app.post('/resources/stock/new', asking(form({
    schema: newResourceForm, fields: newResourceFields, again: askForNew, refused: shownAt('name', ResourceNameTaken)
  }, async ({ request, input, reply }) => {
    await addResource(app.db, input, staffOf(request), app.clock())
    return await reply.redirect('/staff/resources/stock?done=added', 303)
  })))

  app.get(address, ofResource(async asked => await show(asked)))

  app.post(address, ofResource(form({
    schema: resourceForm, fields: resourceFields, again: showAgain, refused: shownAt('name', ResourceNameTaken)
  }, refusing(ResourceChanged, showBeside, async ({ request, resource, input, reply }) => {
    const { edition: versionHash, ...texts } = input
    await changeResource(app.db, { id: resource.id, versionHash }, texts, staffOf(request), app.clock())
    return await reply.redirect(`${hrefOf(resource)}?done=changed`, 303)
  }))))

  app.post(`${address}/count`, ofResource(form({
    schema: stockForm,
    fields: stockFields,
    again: async (asked, errors) => await show(await anew(asked), { values: typedOf(asked.body, stockFields), errors }),
    refused: shownAt('change', BelowPromised, StockChanged)
  }, async ({ request, resource, input: { edition: versionHash, ...counted }, reply }) => {
    await changeStock(app.db, { id: resource.id, versionHash }, counted, staffOf(request), app.clock())
    return await reply.redirect(`${hrefOf(resource)}?done=counted`, 303)
  })))

  app.post(`${address}/retirement`, ofResource(form({
    schema: retirementForm, again: async (asked, errors) => await show(asked, { values: {}, errors })
  }, async ({ request, resource, input: { retired }, reply }) => {
    await retireResource(app.db, resource.id, retired === 'yes', staffOf(request), app.clock())
    return await reply.redirect(`${hrefOf(resource)}?done=${retired === 'yes' ? 'retired' : 'restored'}`, 303)
  })))

  /** Lets a route answer only what is asked about a resource that there is. */
  function ofResource (answer: (asked: OfResource) => Promise<FastifyReply>) {
    return asking<Address>(async asked => await answer({ ...asked, resource: await resourceIn(asked) }))
  }

  async function resourceIn ({ params: { id } }: Asked<Address>): Promise<Resource> {
    const resource = isId(id) ? await findResource(app.db, id) : undefined
    if (resource === undefined) throw new ResourceNotFound()
    return resource
  }

  async function anew (asked: OfResource): Promise<OfResource> {
    return { ...asked, resource: await resourceIn(asked) }
  }

  async function show ({ request, resource, query, reply }: OfResource, tried?: Tried): Promise<FastifyReply> {
    const history = await listStockChanges(app.db, resource.id, mostChanges)
    return reply.page('programme/resources/resource', {
      staff: staffOf(request),
      ...resourcePageOf(resource, history, tried),
      done: tried === undefined ? sentenceFor(done, query.done) : undefined
    })
  }

  async function showAgain (asked: OfResource, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, {
      values: typedOf(asked.body, resourceFields), errors, versionHash: versionHashIn(asked.body)
    })
  }

  /** Nothing that was typed is lost: the current state is shown beside it. */
  async function showBeside (
    asked: OfResource & { input: ResourceTexts }, { message }: ResourceChanged
  ): Promise<FastifyReply> {
    const { body, input: mine } = asked
    return await show(await anew(asked), { values: typedOf(body, resourceFields), errors: formError('form', message), mine })
  }

  function askForNew ({ request, body, reply }: Asked, errors?: FormErrors): FastifyReply {
    const values = typedOf(body, newResourceFields)
    const model = newResourcePageOf(submissionIn(body), errors && { values, errors })
    return reply.page('programme/resources/new-resource', { staff: staffOf(request), ...model })
  }
}
