import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, catching, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, versionHashIn } from '../../platform/http/form-answers.ts'
import { formError, inOrderOf, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { formRateLimit } from '../../platform/http/limits.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { assertLinkOpen, tellOutcome } from './commands.ts'
import { NothingToTell, NumbersUnusual, OutcomeChanged, OutcomeLinkEnded } from './errors.ts'
import type { OutcomeLinks } from './link.ts'
import type { Outcome } from './outcome.ts'
import { tellingPageOf } from './page.ts'
import type { TriedOutcome } from './page.ts'
import { findAsking, listAskedById } from './queries.ts'
import type { AskedActivity } from './queries.ts'
import { outcomeFields, outcomeForm } from './schema.ts'

interface Token { Params: { token: string } }

/** What is asked with a link that works. */
type Telling = Asked<Token> & { its: AskedActivity, dueOn: string, isOf: (email: string) => boolean }

/** Whoever leads an activity says what it came to: by a link, without an account. Opening it changes nothing. */
export const outcomeRoutes: FastifyPluginAsync<{ outcomeLinks: OutcomeLinks }> = async (app, { outcomeLinks }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const address = '/outcomes/:token'

  app.get(address, telling(async asked => show(asked)))

  app.post(address, { config: { rateLimit: formRateLimit } }, telling(form({
    schema: ({ its: { activity } }: Telling) => outcomeForm(activity),
    fields: outcomeFields,
    again: showAgain,
    refused: shownAt('form', NothingToTell)
  }, catching(NumbersUnusual, showQuestion, refusing(OutcomeChanged, showBeside, async asked => {
    const { its: { activity: { id: activityId } }, params: { token }, isOf, input, reply } = asked
    await tellOutcome(app.db, { activityId, ...input }, isOf, app.clock())
    return await reply.redirect(`/outcomes/${token}?done=saved`, 303)
  })))))

  function telling (answer: (asked: Telling) => Promise<FastifyReply>) {
    return asking<Token>(async asked => {
      const link = outcomeLinks.read(asked.params.token)
      const [its] = link === undefined ? [] : await listAskedById(app.db, [link.activityId])
      if (link === undefined || its === undefined) throw new OutcomeLinkEnded()
      const { dueOn } = await findAsking(app.db, its.activity.campaign.id)
      assertLinkOpen(its, dueOn, link.isOf, app.clock())
      return await answer({ ...asked, its, dueOn: dueOn ?? '', isOf: link.isOf })
    })
  }

  function show ({ its, dueOn, params: { token }, query, reply }: Telling, tried?: TriedOutcome): FastifyReply {
    const isDone = tried === undefined && query.done === 'saved'
    return reply.page('office/outcomes/telling', tellingPageOf(its, { dueOn, token, isDone, now: app.clock() }, tried))
  }

  function showAgain (asked: Telling, errors: FormErrors): FastifyReply {
    const { body } = asked
    return show(asked, {
      typed: typedOf(body, outcomeFields), errors: inOrderOf(outcomeFields, errors), versionHash: versionHashIn(body)
    })
  }

  /** A question and no refusal: whoever says that it is right is believed. */
  function showQuestion (asked: Telling & { input: { outcome: Outcome } }): FastifyReply {
    const { body, input } = asked
    return show(asked, {
      typed: typedOf(body, outcomeFields), unusual: input.outcome, versionHash: versionHashIn(body)
    })
  }

  /** What they typed stays in the form, beside what somebody else has given. */
  async function showBeside (asked: Telling, { message }: OutcomeChanged): Promise<FastifyReply> {
    const [its = asked.its] = await listAskedById(app.db, [asked.its.activity.id])
    return show({ ...asked, its }, { typed: typedOf(asked.body, outcomeFields), errors: formError('form', message) })
  }
}
