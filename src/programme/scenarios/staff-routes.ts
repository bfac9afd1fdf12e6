import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, versionHashIn, submissionIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { bodyLimitFor, takeUploads, uploading } from '../../platform/http/upload.ts'
import { isSlug, sentenceFor } from '../../platform/http/url-params.ts'
import { CampaignNotFound } from '../campaigns/errors.ts'
import { listAllCampaigns } from '../campaigns/queries.ts'
import { addScenario, changeScenario, deleteScenario, publishScenario, takeDownScenario } from './commands.ts'
import { scenarioFields } from './draft.ts'
import type { ScenarioAnswers } from './draft.ts'
import { ScenarioChanged, ScenarioNotFound, ScenarioPublished, StoryRefused } from './errors.ts'
import { cameTo, startPageOf, stepPageOf } from './page.ts'
import { countChoices, findScenario, listScenarios } from './queries.ts'
import type { KeptScenario } from './queries.ts'
import { findStep } from './scenario.ts'
import { buttonForm, newScenarioForm, publishForm, scenarioForm, storyLimits, textOfFile } from './schema.ts'
import { formPageOf, problemsOf, scenarioPageOf } from './staff-page.ts'
import type { Tried } from './staff-page.ts'
import { readStory } from './twee.ts'

const address = '/scenarios/:slug'

const done = {
  added: 'The scenario is saved. Only staff can read it. Play it, then publish it.',
  changed: 'The scenario is saved.',
  published: 'The scenario is published. Everyone can play it.',
  'taken-down': 'The scenario is taken down. Only staff can read it.'
}

const doneToAll = { deleted: 'The scenario is deleted.' }

interface ScenarioAddress { Params: { slug: string, step?: string } }

type Writing = Asked<ScenarioAddress> & { scenario: KeptScenario }

/** Writing scenarios, trying them, and letting the public have them. */
export const scenarioStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')
  await takeUploads(app)
  const uploads = { bodyLimit: bodyLimitFor(storyLimits) }
  /** A file is read into the field for the story, where its writer finds it again if something is wrong with it. */
  const intoText = { field: 'text', limits: storyLimits, fieldsOf: storyIn }

  app.get('/scenarios', asking(async ({ request, query, reply }) => reply.page('programme/scenarios/scenarios', {
    staff: staffOf(request), scenarios: await listScenarios(app.db), done: sentenceFor(doneToAll, query.done)
  })))

  app.get('/scenarios/new', asking(async asked => await askForNew(asked)))

  app.post('/scenarios/new', uploads, asking(uploading({ ...intoText, again: askForNew }, form({
    schema: newScenarioForm, fields: scenarioFields, again: askForNew, refused: notSaved
  }, async ({ request, input, reply }) => {
    const slug = await addScenario(app.db, input, staffOf(request), app.clock())
    return await reply.redirect(`/staff/scenarios/${slug}?done=added`, 303)
  }))))

  app.get(address, writing(async asked => await show(asked)))
  app.get(`${address}/text`, writing(async asked => await showForm(asked)))

  app.post(`${address}/text`, uploads, writing(uploading({ ...intoText, again: showAgain }, form({
    schema: scenarioForm, fields: scenarioFields, again: showAgain, refused: notSaved
  }, refusing(ScenarioChanged, showBeside, async ({ request, scenario: { slug }, input, reply }) => {
    await changeScenario(app.db, slug, input, staffOf(request), app.clock())
    return await reply.redirect(`/staff/scenarios/${slug}?done=changed`, 303)
  })))))

  app.post(`${address}/publishing`, writing(form({
    schema: publishForm, again: show, refused: shownAt('form', ScenarioChanged)
  }, async ({ request, scenario: { slug }, input: { edition }, reply }) => {
    await publishScenario(app.db, slug, edition, staffOf(request), app.clock())
    return await reply.redirect(`/staff/scenarios/${slug}?done=published`, 303)
  })))

  app.post(`${address}/take-down`, writing(form({
    schema: buttonForm, again: show
  }, async ({ request, scenario: { slug }, reply }) => {
    await takeDownScenario(app.db, slug, staffOf(request), app.clock())
    return await reply.redirect(`/staff/scenarios/${slug}?done=taken-down`, 303)
  })))

  app.post(`${address}/deletion`, writing(form({
    schema: buttonForm, again: show, refused: shownAt('form', ScenarioPublished)
  }, async ({ request, scenario: { slug }, reply }) => {
    await deleteScenario(app.db, slug, staffOf(request), app.clock())
    return await reply.redirect('/staff/scenarios?done=deleted', 303)
  })))

  app.get(`${address}/play`, writing(async ({ request, scenario, reply }) => reply.page('programme/scenarios/start', {
    staff: staffOf(request), isTrial: true, ...startPageOf(readStory(scenario.text).story, placeOf(scenario))
  })))

  app.get(`${address}/play/:step`, writing(async ({ request, params, query, scenario, reply }) => {
    const { story } = readStory(scenario.text)
    const step = findStep(story, params.step ?? '')
    if (step === undefined) throw new ScenarioNotFound()
    const page = stepPageOf(story, step, placeOf(scenario), cameTo(step, story, query), new Map())
    return reply.page('programme/scenarios/step', { staff: staffOf(request), isTrial: true, ...page })
  }))

  function placeOf ({ slug, title }: KeptScenario) {
    const href = `/staff/scenarios/${slug}`
    return { href: `${href}/play`, back: { text: `Back to ${title}`, href } }
  }

  function writing (answer: (asked: Writing) => Promise<FastifyReply>) {
    return asking<ScenarioAddress>(async asked => {
      const { slug } = asked.params
      const scenario = isSlug(slug) ? await findScenario(app.db, slug) : undefined
      if (scenario === undefined) throw new ScenarioNotFound()
      return await answer({ ...asked, scenario })
    })
  }

  async function show ({ request, scenario, query, reply }: Writing, errors?: FormErrors): Promise<FastifyReply> {
    return reply.page('programme/scenarios/scenario', {
      staff: staffOf(request),
      ...scenarioPageOf(scenario, await countChoices(app.db, scenario.id), errors),
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }

  async function askForNew ({ request, body, reply }: Asked, errors?: FormErrors): Promise<FastifyReply> {
    const tried = errors && { typed: typedOf(body, scenarioFields), errors }
    return reply.page('programme/scenarios/text', {
      staff: staffOf(request),
      ...formPageOf(undefined, await listAllCampaigns(app.db), tried),
      submission: submissionIn(body)
    })
  }

  async function showAgain (asked: Writing, errors: FormErrors): Promise<FastifyReply> {
    const { body } = asked
    return await showForm(asked, { typed: typedOf(body, scenarioFields), errors, versionHash: versionHashIn(body) })
  }

  /** Nothing that was typed is lost: the current state is shown beside it. */
  async function showBeside (
    asked: Writing & { input: ScenarioAnswers }, { message }: ScenarioChanged
  ): Promise<FastifyReply> {
    const scenario = await findScenario(app.db, asked.scenario.slug)
    if (scenario === undefined) throw new ScenarioNotFound()
    const tried = { typed: typedOf(asked.body, scenarioFields), errors: formError('form', message), mine: asked.input }
    return await showForm({ ...asked, scenario }, tried)
  }

  async function showForm ({ request, scenario, reply }: Writing, tried?: Tried): Promise<FastifyReply> {
    return reply.page('programme/scenarios/text', {
      staff: staffOf(request), ...formPageOf(scenario, await listAllCampaigns(app.db), tried)
    })
  }
}

/** Nothing, if no file was chosen: the story is what was typed. */
function storyIn ([file]: readonly Uint8Array[]): { text?: string } {
  return file !== undefined && file.length > 0 ? { text: textOfFile(file) } : {}
}

/** A refusal that belongs beside what was typed. */
function notSaved (error: unknown): FormErrors | undefined {
  return error instanceof StoryRefused ? problemsOf(error) : shownAt('campaign', CampaignNotFound)(error)
}
