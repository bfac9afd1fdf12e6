import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import { senderOf } from '../../platform/http/network.ts'
import { inAscii } from '../../platform/http/pages.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import { findPublicCampaign } from '../activities/public-activities.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { helplinesOf } from '../support/page.ts'
import { countChoice } from './commands.ts'
import { ScenarioNotFound, StepChanged } from './errors.ts'
import { cameTo, nextHref, startPageOf, stepPageOf } from './page.ts'
import type { Place } from './page.ts'
import { findPublishedScenario } from './queries.ts'
import { findStep, fingerprintOf } from './scenario.ts'
import type { Step, Story } from './scenario.ts'
import { choiceForm } from './schema.ts'
import type { Totals } from './totals.ts'
import { readStory } from './twee.ts'

interface Slug { Params: { slug: string } }
interface StepAddress { Params: { slug: string, step: string } }

/** A story that everyone can play. */
interface Played {
  id: string
  story: Story
  totals: Totals
  place: Place
  campaign: Campaign | undefined
}

type Playing = Asked<StepAddress> & { played: Played, step: Step }

/** A school is one address to us, and its assembly plays at once. */
const assemblyRateLimit = { max: 3000, timeWindow: 10 * 60_000 }

/** How often one network address counts in one step: a class, and not the same person again and again. */
const countedRateLimit = { max: 40, timeWindow: 10 * 60_000 }

/**
 * Stories that people play by deciding what happens next. Each step has an address, and nothing says who is where:
 * there are no cookies, and a choice adds one to a total. A choice always leads on, also where it is not counted.
 */
export const scenarioRoutes: FastifyPluginAsync = async app => {
  const isWithin = app.withinLimit('choices in a step', countedRateLimit)

  app.get<Slug>('/scenarios/:slug', async ({ params: { slug } }, reply) => {
    const { story, place, campaign } = await played(slug)
    return reply.html(await app.fresh(`page /scenarios/${slug}`, async () => inAscii(app.render(
      'programme/scenarios/start', { ...startPageOf(story, place), helplines: helplinesFor(campaign) }))))
  })

  app.get('/scenarios/:slug/:step', playing(async asked => {
    const { params: { slug }, query, played: { story }, step, reply } = asked
    const came = cameTo(step, story, query)
    // Only ways that the story has are kept: other addresses would only fill the memory.
    const key = came === undefined ? '' : `${came.step.slug} ${came.number}`
    return reply.html(await app.fresh(`page /scenarios/${slug}/${step.slug} ${key}`, async () => inAscii(pageOf(asked))))
  }))

  app.post('/scenarios/:slug/:step', { config: { rateLimit: assemblyRateLimit } }, playing(form({
    schema: choiceForm, again: showAgain, refused: shownAt('form', StepChanged)
  }, async ({ request, params: { slug }, played: { id, place }, step, input: { choice: number, edition }, reply }) => {
    const choice = step.choices[number - 1]
    if (edition !== fingerprintOf(step) || choice === undefined) throw new StepChanged()
    if (step.choices.length > 1 && await isWithin(`${senderOf(request.ip)} ${slug} ${step.slug}`)) {
      await countChoice(app.db, id, edition, number)
    }
    return await reply.redirect(nextHref(place.href, { step, number, choice }), 303)
  })))

  function playing (answer: (asked: Playing) => Promise<FastifyReply>) {
    return asking<StepAddress>(async asked => {
      const { slug, step: wanted } = asked.params
      const its = await played(slug)
      const step = findStep(its.story, wanted)
      if (step === undefined) throw new ScenarioNotFound()
      return await answer({ ...asked, played: its, step })
    })
  }

  function showAgain (asked: Playing, errors: FormErrors): FastifyReply {
    return asked.reply.html(pageOf(asked, errors))
  }

  function pageOf ({ query, played: { story, totals, place, campaign }, step }: Playing, errors?: FormErrors): string {
    return app.render('programme/scenarios/step', {
      ...stepPageOf(story, step, place, cameTo(step, story, query), totals, errors), helplines: helplinesFor(campaign)
    })
  }

  function helplinesFor (campaign: Campaign | undefined) {
    return helplinesOf(app.helplines(), campaign?.districts)
  }

  /** A published scenario, as it was within the last second. It names its campaign if everyone may know of that. */
  async function played (slug: string): Promise<Played> {
    const found = await app.fresh(`scenario ${slug}`, async (): Promise<Played | undefined> => {
      const scenario = isSlug(slug) ? await findPublishedScenario(app.db, slug) : undefined
      if (scenario === undefined) return undefined
      const campaign = scenario.campaign === undefined
        ? undefined
        : await findPublicCampaign(app.db, scenario.campaign, app.clock())
      const back = campaign === undefined
        ? { text: 'What’s on', href: '/' }
        : { text: campaign.title, href: `/campaigns/${campaign.slug}` }
      return {
        id: scenario.id,
        story: readStory(scenario.text).story,
        totals: scenario.totals,
        place: { href: `/scenarios/${slug}`, back },
        campaign
      }
    })
    if (found === undefined) throw new ScenarioNotFound()
    return found
  }
}
