import type { DateTime } from 'luxon'
import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { Db, Reader } from '../../platform/database/connect.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { versionHashIn } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { audiencesInWords } from './audiences.ts'
import { changeKeyMessages, changePress } from './change-content.ts'
import type { ReadContent } from './change-content.ts'
import { contentPageOf } from './content-staff-page.ts'
import type { Content, TriedContent } from './content-staff-page.ts'
import { CampaignChanged } from './errors.ts'
import { messagesDraft } from './key-messages.ts'
import { pressDraft } from './press.ts'
import { findPress, listKeyMessages } from './queries.ts'
import { messagesForm, pressForm } from './schema.ts'
import type { AboutCampaign } from './campaign-address.ts'
import { aboutCampaign } from './campaign-address.ts'

/** The longest texts in a script that takes twelve bytes a character, plus the other fields. */
const bodyLimit = 1_048_576

/** A page that edits one kind of a campaign's content. */
interface Section<Field extends string, Said extends Record<Field, string | string[]>> extends Content<Field> {
  template: string
  schema: z.ZodType<Said & { edition: string }>
  find: (db: Reader, campaignId: string) => Promise<Said>
  change: (db: Db, read: ReadContent, content: Said, by: StaffMember, now: DateTime<true>) => Promise<void>
}

/** The pages on which a campaign's key messages and its press contact are edited. */
export const contentStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')

  section({
    at: '/key-messages',
    template: 'programme/campaigns/key-messages',
    draft: messagesDraft,
    names: audiencesInWords,
    schema: messagesForm,
    find: listKeyMessages,
    change: changeKeyMessages
  })

  section({
    at: '/press',
    template: 'programme/campaigns/press',
    draft: pressDraft,
    names: { pressContact: 'Who to ask', pressEmail: 'Email', pressPhone: 'Phone', pressNote: 'Note' },
    schema: pressForm,
    find: findPress,
    change: changePress
  })

  function section<Field extends string, Said extends Record<Field, string | string[]>> (
    { at, template, schema, find, change, ...content }: Section<Field, Said>
  ): void {
    const { draft: { fields } } = content
    const address = `/campaigns/:slug${at}`

    app.get(address, aboutCampaign(app, async asked => await show(asked)))

    app.post(address, { bodyLimit }, aboutCampaign(app, form({
      schema, fields, again: showAgain
    }, refusing(CampaignChanged, showBeside, async ({ request, campaign: { slug }, input, reply }) => {
      await change(app.db, { slug, versionHash: input.edition }, input, staffOf(request), app.clock())
      return await reply.redirect(`/staff/campaigns/${slug}${at}?done=saved`, 303)
    }))))

    async function show ({ request, campaign, query, reply }: AboutCampaign, tried?: TriedContent<Field>) {
      const stored = await find(app.db, campaign.id)
      return reply.page(template, {
        staff: staffOf(request),
        ...contentPageOf({ at, ...content }, campaign, stored, tried),
        done: tried === undefined ? sentenceFor({ saved: 'Saved. The campaign’s page shows it at once.' }, query.done) : undefined
      })
    }

    async function showAgain (asked: AboutCampaign, errors: FormErrors) {
      return await show(asked, { typed: typedOf(asked.body, fields), errors, versionHash: versionHashIn(asked.body) })
    }

    /** Nothing that was typed is lost: the current state is shown beside it. */
    async function showBeside (
      asked: AboutCampaign & { input: Said }, { message }: CampaignChanged
    ) {
      const { body, input: mine } = asked
      return await show(asked, { typed: typedOf(body, fields), errors: formError('form', message), mine })
    }
  }
}

/** What was typed, by field; anything but text becomes empty. */
function typedOf<Field extends string> (body: unknown, fields: readonly Field[]): Record<Field, string> {
  return z.object(Object.fromEntries(fields.map(field => [field, z.string().catch('')])))
    .parse(body ?? {}) as Record<Field, string>
}
