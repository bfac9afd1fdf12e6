import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { confirming, ConfirmationRequired, effectsOf } from '../../identity/staff/confirmation.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, tickedIn } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { formRateLimit } from '../../platform/http/limits.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { readCurrentActivities } from '../../programme/activities/current-activities.ts'
import type { CurrentActivity } from '../../programme/activities/draft.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { mayChange, mayWithdraw } from '../../programme/entries/entry.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { EntryLinkEnded, EntryMoved } from '../../programme/entries/errors.ts'
import { findEntry, findEntryForm } from '../../programme/entries/queries.ts'
import { answersOf } from '../editor/answers.ts'
import { findProposal, isAskedByEntrantAlone } from '../editor/proposals.ts'
import { amendEntry, answersToAmend, takeChangeBack, versionToAmend } from './amend.ts'
import { confirmEntry } from './enter.ts'
import { shownAnswers } from './entered.ts'
import type { EntryLinks } from './links.ts'
import { askedInWords } from './in-words.ts'
import { activityQuestionsOf, answersGiven, ownEntryPageOf, ownQuestionsOf, withdrawalPageOf } from './page.ts'
import type { FormShape } from './page.ts'
import { activityPart, amendForm, answerFields, pressed } from './schema.ts'
import { withdrawEntry, withdrawingEffects } from './withdraw.ts'

interface Token { Params: { token: string } }
interface Needs { entryLinks: EntryLinks, seal: Seal }
type Own = Asked<Token> & { entry: Entry, its: FormShape }

const sentences = {
  sent: 'It is sent. Keep this page’s link: it is in your email.',
  saved: 'It is changed.',
  waits: 'Your change is sent.',
  'as-it-was': 'Nothing was changed: it was like that already.',
  'taken-back': 'You have taken your change back. Everyone sees it as it is below.',
  asked: 'You have asked us to cancel it.'
}

/** The longest summary in a script that takes 12 bytes a character. */
const bodyLimit = 131_072

/** One's own entry, for anyone who has its link: confirming, changing and withdrawing it. */
export const ownEntryRoutes: FastifyPluginAsync<Needs> = async (app, { entryLinks, seal }) => {
  const parts = { db: app.db, outbox: app.outbox, seal }
  const limited = { bodyLimit, config: { rateLimit: formRateLimit } }
  const address = '/entries/:token'
  app.addHook('onRequest', keepFromSearchEngines)

  app.get(address, owning(async asked => show(asked)))

  // A button: mail programs that open every link confirm nothing.
  app.post(`${address}/confirmation`, limited, owning(form({ schema: pressed, again: show }, async asked => {
    await confirmEntry(parts, asked.entry.id, app.clock())
    return await goBack(asked, 'sent')
  })))

  app.get(`${address}/change`, owning(async asked =>
    mayChange(asked.entry, app.clock()) ? await showForm(asked) : await goBack(asked)))

  app.post(`${address}/change`, limited, owning(refusing(EntryMoved, showMoved, form({
    schema: async ({ entry, its }: Own) => {
      return amendForm({ ...its, base: await currentOf(entry) }, entry.answers)
    },
    fields: ({ its: { form: { questions } } }) => [...activityPart, ...answerFields(questions)],
    again: showForm
  }, async asked => {
    const { entry, input: { saw, draft, given } } = asked
    return await goBack(asked, await amendEntry(parts, entry.id, { saw, draft, given }, app.clock()))
  }))))

  // Nobody but coordinators has heard of the change.
  app.post(`${address}/change/withdrawal`, limited, owning(refusing(EntryMoved, async asked => await goBack(asked), form({
    schema: pressed, again: show
  }, async asked => {
    await takeChangeBack(parts, asked.entry.id, app.clock())
    return await goBack(asked, 'taken-back')
  }))))

  app.get(`${address}/withdrawal`, owning(async asked => {
    const { entry: { activity } } = asked
    if (activity?.status !== 'published' || !mayWithdraw(asked.entry, app.clock())) return await goBack(asked)
    return showWithdrawal(asked, new ConfirmationRequired(await withdrawingEffects(app.db, activity)))
  }))

  app.post(`${address}/withdrawal`, limited, owning(refusing(EntryMoved, async asked => await goBack(asked), confirming(showWithdrawal, form({
    schema: confirmationForm, again: show
  }, async asked => {
    const { entry, input: { confirmed } } = asked
    const end = await withdrawEntry(parts, { id: entry.id, confirmed }, app.clock())
    const isGone = await findEntry(app.db, entry.id) === undefined
    return isGone ? asked.reply.page('office/entries/gone', { campaign: entry.campaign.title }) : await goBack(asked, end)
  })))))

  async function goBack ({ params: { token }, reply }: Own, done?: string): Promise<FastifyReply> {
    return await reply.redirect(`/entries/${token}${done === undefined ? '' : `?done=${done}`}`, 303)
  }

  async function show ({ entry, its, params: { token }, query: { done }, reply }: Own): Promise<FastifyReply> {
    return reply.page('office/entries/own-entry', {
      ...await changeAskedFor(entry),
      ...ownEntryPageOf(entry, token, app.clock(), its.form.visibility === 'public'),
      partnership: its.campaign.partnership,
      done: sentenceFor(sentences, done)
    })
  }

  /** What withdrawing it does, before it is done. */
  function showWithdrawal ({ entry, params: { token }, reply }: Own, required: ConfirmationRequired): FastifyReply {
    return reply.page('office/entries/withdrawal', {
      ...withdrawalPageOf(entry, token), ...effectsOf(required)
    })
  }

  /** The change that waits or was sent back, where they asked for it; they take back what is theirs alone. */
  async function changeAskedFor (entry: Entry) {
    const { activity } = entry
    if (activity?.status !== 'published' || activity.change === 'none') return {}
    const [current, proposal] = await Promise.all([currentOf(entry), findProposal(app.db, activity.id)])
    if (proposal?.askedByIds.includes(activity.id) !== true) return {}
    const changes = askedInWords(answersOf(current), proposal.changes)
    return { changes, isTheirsAlone: isAskedByEntrantAlone(proposal) }
  }

  async function showForm (asked: Own, errors?: FormErrors): Promise<FastifyReply> {
    const { entry: { activity, campaign }, its, body, params: { token }, reply } = asked
    if (activity === undefined) return await goBack(asked)
    const current = await currentOf(asked.entry)
    const asItIs = await answersToAmend(app.db, current)
    const { saw } = body as { saw?: unknown }
    const values = errors === undefined
      ? { ...shownAnswers(asItIs), ...answersGiven(its.form, asked.entry.answers) }
      : { ...typedOf(body, [...activityPart, ...answerFields(its.form.questions)]), audiences: tickedIn(body, 'audiences').join(',') }
    return reply.page('office/entries/change', {
      title: activity.title,
      campaign: campaign.title,
      isPublished: activity.status === 'published',
      ...activityQuestionsOf(its, values, {
        asksHow: ['none', 'drop-in'].includes(current.booking), isDistrictFree: current.district === undefined
      }),
      ...ownQuestionsOf(its.form, values),
      saw: errors === undefined || typeof saw !== 'string' ? versionToAmend(asItIs, asked.entry) : saw,
      href: `/entries/${token}`,
      errors
    })
  }

  /** The activity of an entry as it is. Throws `EntryMoved` where it is deleted meanwhile. */
  async function currentOf ({ activity }: Entry): Promise<CurrentActivity> {
    const current = activity && (await readCurrentActivities(app.db, seal, [activity.slug])).get(activity.slug)
    if (current === undefined) throw new EntryMoved()
    return current
  }

  /** Nothing that was typed is lost: the form comes back with the version of now. */
  async function showMoved (asked: Own, { message }: EntryMoved): Promise<FastifyReply> {
    const entry = await findEntry(app.db, asked.entry.id)
    if (entry === undefined || !mayChange(entry, app.clock())) return await goBack(asked)
    const body = { ...asked.body as object, saw: undefined }
    return await showForm({ ...asked, entry, body }, formError('form', `${message} Your words are still here: press the button again to send them.`))
  }

  function owning (answer: (asked: Own) => FastifyReply | Promise<FastifyReply>) {
    return asking<Token>(async asked => {
      const signed = entryLinks.own.read(asked.params.token)
      const entry = signed === undefined ? undefined : await findEntry(app.db, signed.id)
      const its = entry === undefined ? undefined : await findEntryForm(app.db, entry.campaign.slug)
      if (entry === undefined || its === undefined || entry.linkVersion !== signed?.version) throw new EntryLinkEnded()
      return await answer({ ...asked, entry, its })
    })
  }
}
