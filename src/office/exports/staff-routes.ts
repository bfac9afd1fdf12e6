import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { addressOf, everyone } from '../../booking/attendees/filter.ts'
import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import type { Snapshots } from '../../platform/database/snapshots.ts'
import { asking, form, query } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { askToSignInAgain, requireRecentSignIn } from '../../identity/staff/recent-sign-in.ts'
import { returnTo } from '../../identity/staff/return-to.ts'
import { openChoices, sealChoices } from './choices.ts'
import { assertMayTake, columnsFor } from './choosing.ts'
import type { Chosen } from './choosing.ts'
import { attendeeColumns } from './columns.ts'
import { ListsBusy, TooManyRows } from './errors.ts'
import { notSaid } from './purposes.ts'
import { countListed, findLastList, listActivitiesFor, listCampaignsFor } from './queries.ts'
import type { ListedActivity, Selection } from './queries.ts'
import {
  fieldsOfSelection, filterAddress, isNarrowed, lately, listFields, listForm, listsAddress, mostActivities,
  selectionAddress, selectionFields
} from './schema.ts'
import { sendList } from './sending.ts'
import { listPageOf, listsPageOf } from './staff-page.ts'
import type { Tried } from './staff-page.ts'

/** What is asked about the list of some people. */
type Choosing = Pick<Asked, 'body' | 'query' | 'reply'> & { chosen: Chosen }

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Of a route that asks for a recent sign-in itself, once it has read what was chosen. */
const askedWithin = { recentSignIn: false }

/** What refuses a list is shown on its page, with what was chosen. */
function refused (error: unknown): FormErrors | undefined {
  if (error instanceof ListsBusy) return { ...formError('form', error.message), status: error.status }
  return shownAt('format', TooManyRows)(error)
}

/** The activities that an address names and that are not there, take no bookings, or are not for this person. */
function leftOutOf ({ slugs }: Selection, activities: readonly ListedActivity[]): Chosen['leftOut'] {
  const count = slugs.length - activities.length
  return slugs.length > 0 && count > 0 ? { count, of: slugs.length } : undefined
}

/** Lists of attendees to take away, each recorded in the audit trail before its first byte is sent. */
export const exportStaffRoutes: FastifyPluginAsync<{ snapshots: Snapshots }> = async (app, { snapshots }) => {
  const { searchSeal: seal } = app
  requirePermission(app, 'know attendees')
  requireRecentSignIn(app)
  app.addHook('onClose', async () => { await snapshots.close() })

  app.get('/activities/:slug/list', ofOne(async asked => await show(asked)))
  app.post('/activities/:slug/list', { config: askedWithin }, comingBack(ofOne(chooseAndSend)))

  // Scripts fetch these: their columns stay as they are.
  app.get('/activities/:slug/attendees.csv', ofOne(async ({ chosen, reply }) => await sendList(reply, snapshots, chosen, {
    columns: attendeeColumns, format: 'csv', why: notSaid, isChosen: false
  })))
  app.get('/activities/:slug/attendees.xlsx', ofOne(async ({ chosen, reply }) => await sendList(reply, snapshots, chosen, {
    columns: columnsFor(chosen).filter(({ name }) => attendeeColumns.some(column => column.name === name)),
    format: 'xlsx',
    why: notSaid,
    isChosen: false
  })))

  app.get('/lists', asking(query({
    schema: selectionAddress, fields: selectionFields, again: showNoSelection
  }, async asked => await showLists(asked, asked.input))))
  app.get('/lists/new', ofSeveral(async asked => await show(asked)))
  app.post('/lists/new', { config: askedWithin }, comingBack(ofSeveral(chooseAndSend)))

  /** Asks first for a recent sign-in, and leads back with what was chosen. */
  function comingBack (answer: Handler): Handler {
    return async (request, reply) => {
      const kept = `${request.url}${request.url.includes('?') ? '&' : '?'}choices=${sealChoices(seal, request.body)}`
      const isAsked = await askToSignInAgain(request, reply, returnTo(kept) === undefined ? request.url : kept)
      return isAsked ? reply : await answer(request, reply)
    }
  }

  /** Answers about those attendees of one activity whom the address names. */
  function ofOne (answer: (asked: Choosing) => Promise<FastifyReply>) {
    return organising(query({
      schema: filterAddress(seal),
      again: async (asked, errors) => await show({ ...asked, chosen: chosenOfOne(asked, everyone) }, errors)
    }, async asked => {
      const chosen = chosenOfOne(asked, asked.input)
      assertMayTake(chosen)
      return await answer({ ...asked, chosen })
    }))
  }

  /** The same of several activities. */
  function ofSeveral (answer: (asked: Choosing) => Promise<FastifyReply>) {
    return asking(query({
      schema: listsAddress(seal), fields: selectionFields, again: showNoSelection
    }, async asked => {
      const { selection, filter } = asked.input
      const { activities, total } = await listActivitiesFor(app.db, staffOf(asked.request), selection, mostActivities)
      if (total > 0 && total <= mostActivities) {
        const chosen = chosenOfSeveral(asked, selection, activities, filter)
        assertMayTake(chosen)
        return await answer({ ...asked, chosen })
      }
      asked.reply.code(400)
      return await showLists(asked, selection, formError('activity', total === 0
        ? 'There is no activity like that whose attendees you can see'
        : `These are ${total.toLocaleString('en-GB')} activities. Choose ${mostActivities} or fewer, or fewer days`))
    }))
  }

  async function chooseAndSend (asked: Choosing): Promise<FastifyReply> {
    const fill = form<Choosing, ReturnType<typeof listForm>>({
      schema: listForm(columnsFor(asked.chosen)),
      fields: listFields,
      again: async (asked, errors) => await show(asked, errors),
      refused
    }, async ({ input, chosen, reply }) => await sendList(reply, snapshots, chosen, { ...input, isChosen: true }))
    return await fill(asked)
  }

  async function show ({ chosen, query, body, reply }: Choosing, errors?: FormErrors): Promise<FastifyReply> {
    const { staff, activities, filter } = chosen
    const [counts, last] = await Promise.all([
      countListed(app.db, activities.map(({ id }) => id), filter), findLastList(app.db, staff)
    ])
    const model = listPageOf({ chosen, counts, last }, app.clock(), triedOf(query, body, errors))
    return reply.page('office/exports/list', { staff, ...model })
  }

  function triedOf (query: Asked['query'], body: unknown, errors?: FormErrors): Tried | undefined {
    if (errors !== undefined) return { body, errors }
    const kept = openChoices(seal, query.choices)
    return kept === undefined ? undefined : { body: kept, errors: undefined }
  }

  async function showNoSelection (asked: Asked, errors: FormErrors): Promise<FastifyReply> {
    return await showLists(asked, undefined, errors)
  }

  async function showLists (
    { request, query, reply }: Asked, selection: Selection | undefined, errors?: FormErrors
  ): Promise<FastifyReply> {
    const asked = selection !== undefined && isNarrowed(selection) ? { ...selection, slugs: [] } : undefined
    const staff = staffOf(request)
    const now = app.clock()
    const [{ activities, total }, campaigns, last] = await Promise.all([
      listActivitiesFor(app.db, staff, asked ?? lately(now), mostActivities),
      listCampaignsFor(app.db, staff),
      findLastList(app.db, staff)
    ])
    const model = listsPageOf({ activities, total, campaigns, asked, last }, now, errors && { body: query, errors })
    return reply.page('office/exports/lists', { staff, ...model })
  }

  function chosenOfOne ({ staff, activity }: Running, filter: AttendeeFilter): Chosen {
    const href = `/staff/activities/${activity.slug}`
    const address = addressOf(filter, seal)
    return {
      staff,
      activity,
      activities: [activity],
      leftOut: undefined,
      filter,
      path: `${href}/list`,
      address,
      changeHref: address === '' ? `${href}/attendees` : `${href}/attendees?${address}`,
      againHref: `${href}/list`,
      file: `attendees-${activity.slug}`
    }
  }

  function chosenOfSeveral (
    { request }: Asked, selection: Selection, activities: readonly ListedActivity[], filter: AttendeeFilter
  ): Chosen {
    const which = new URLSearchParams(fieldsOfSelection(selection)).toString()
    const again = new URLSearchParams(fieldsOfSelection({ ...selection, slugs: [] })).toString()
    const changeHref = again === '' ? '/staff/lists' : `/staff/lists?${again}`
    const { campaign } = selection
    return {
      staff: staffOf(request),
      activity: undefined,
      activities,
      leftOut: leftOutOf(selection, activities),
      filter,
      path: '/staff/lists/new',
      address: [which, addressOf(filter, seal)].filter(part => part !== '').join('&'),
      changeHref,
      againHref: changeHref,
      file: campaign === undefined ? 'attendees' : `attendees-${campaign}`
    }
  }
}
