import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { crowdRateLimit, formRateLimit } from '../../platform/http/limits.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { asksAt, questionsAt } from '../../programme/evaluations/questionnaire.ts'
import type { BookingLinks } from '../bookings/link.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from '../bookings/likely-address.ts'
import { mayAnswer } from '../bookings/may-answer.ts'
import { owning } from '../bookings/own-booking-routes.ts'
import { answeringStateAt, occasionAt } from './answering-times.ts'
import { agreeToLater, answerQuestions, takeBackLater } from './commands.ts'
import { AnsweringClosed, EvaluationNotFound, NotAskedLater, OtherQuestions } from './errors.ts'
import type { EvaluationLink, EvaluationLinks } from './link.ts'
import { answeredPageOf, answeringPageOf } from './page.ts'
import { findLater, getEvaluation } from './queries.ts'
import type { Evaluation } from './queries.ts'
import { answerFields, answersForm, askLaterFields, askLaterForm, assertSameQuestions, takeBackForm } from './schema.ts'

/** Five answers as long as they may be, in a script in which a letter is nine characters in a form. */
const bodyLimit = 65_536

interface Token { Params: { token: string } }

/** What the holder of a link to answer asks; who they are is nowhere in it. */
type Answering = Asked<Token> & { link: EvaluationLink, evaluation: Evaluation, token: string }

/** Where people say what they thought, by a link that does not tell who they are. */
export const evaluationRoutes: FastifyPluginAsync<{
  links: BookingLinks, evaluationLinks: EvaluationLinks
}> = async (app, { links, evaluationLinks }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const address = '/evaluations/:token'

  // From the page of one's own booking: from here on, the address does not tell whose it is.
  app.get('/bookings/:token/evaluation', owning(app, links)(async ({ booking, token, reply }) => {
    // The page of the booking says how things stand.
    if (!mayAnswer(booking, app.clock())) return await reply.redirect(`/bookings/${token}`, 303)
    const link = evaluationLinks.linkOf(booking, occasionAt(booking.activity, app.clock()))
    return await reply.redirect(`/evaluations/${evaluationLinks.tokenOf(link)}`, 303)
  }))

  app.get(address, answering(async asked =>
    asked.evaluation.isAnswered ? await showAnswered(asked) : show(asked)))

  const answerLimits = { bodyLimit, config: { rateLimit: crowdRateLimit } }
  app.post(address, answerLimits, answering(refusing(OtherQuestions, showAnew, form({
    schema: ({ evaluation: { questionnaire }, link, body }) => {
      const questions = questionsAt(questionnaire, link.occasion)
      // First of all: to answers to other questions, any other sentence would be nonsense.
      assertSameQuestions(questions, body)
      return answersForm(questions)
    },
    fields: asked => answerFields(questionsAt(asked.evaluation.questionnaire, asked.link.occasion)),
    again: show
  }, async ({ link, token, input, reply }) => {
    await answerQuestions(app.db, link, input, app.clock())
    return await reply.redirect(`/evaluations/${token}`, 303)
  }))))

  app.post(`${address}/later`, { config: { rateLimit: crowdRateLimit } }, answering(form({
    schema: askLaterForm, fields: askLaterFields, again: showAnswered, refused: shownAt('email', NotAskedLater)
  }, async asked => {
    const { link, token, body, input, reply } = asked
    if (wantsAnother(body)) return await showAnswered(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(input.email, meant.suggested, body)
      return reply.page('booking/bookings/check-address', {
        ...question, href: `/evaluations/${token}/later`, notYet: 'Nothing is saved yet.'
      })
    }
    await agreeToLater(app.db, evaluationLinks, link, meant.email, app.clock())
    return await reply.redirect(`/evaluations/${token}`, 303)
  })))

  app.post(`${address}/later/withdrawal`, { config: { rateLimit: formRateLimit } }, answering(form({
    schema: takeBackForm, again: showAnswered
  }, async ({ link, token, reply }) => {
    await takeBackLater(app.db, evaluationLinks, link, app.clock())
    return await reply.redirect(`/evaluations/${token}`, 303)
  })))

  function answering (answer: (asked: Answering) => Promise<FastifyReply>) {
    return asking<Token>(async asked => {
      const { token } = asked.params
      const link = evaluationLinks.read(token)
      if (link === undefined) throw new EvaluationNotFound()
      return await answer({ ...asked, token, link, evaluation: await getEvaluation(app.db, link) })
    })
  }

  /** The questions; who has answered, on this device or another, is thanked instead. */
  function show (asked: Answering, errors?: FormErrors): FastifyReply | Promise<FastifyReply> {
    const { evaluation: { activity, questionnaire, isAnswered }, link, body, reply } = asked
    if (isAnswered) return showAnswered(asked)
    const state = answeringStateAt(activity, link.occasion, app.clock())
    if (state !== 'open') throw new AnsweringClosed(state)
    if (!asksAt(questionnaire, link.occasion)) throw new AnsweringClosed('nothing-asked')
    return reply.page('booking/evaluations/answering', answeringPageOf(asked, errors && { body, errors }))
  }

  /** Nothing that was typed is lost where the question is the same. */
  async function showAnew (asked: Answering, { message }: OtherQuestions): Promise<FastifyReply> {
    const evaluation = await getEvaluation(app.db, asked.link)
    return await show({ ...asked, evaluation }, formError('form', message))
  }

  async function showAnswered (asked: Answering, errors?: FormErrors): Promise<FastifyReply> {
    const { link, body, reply } = asked
    const agreed = await findLater(app.db, evaluationLinks.consentMarkOf(link))
    return reply.page('booking/evaluations/answered', answeredPageOf(asked, agreed, app.clock(), { body, errors }))
  }
}
