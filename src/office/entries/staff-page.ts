import type { DateTime } from 'luxon'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { paginationOf } from '../../platform/http/pagination.ts'
import { mailtoOf } from '../../platform/typed.ts'
import { kindToChoose } from '../../programme/activities/page.ts'
import { calendarDayInWords, shortMoment, whenInWords } from '../../programme/activities/when.ts'
import { campaignSections } from '../../programme/campaigns/sections.ts'
import { enterableKinds, entryAudiences, phaseOf, versionOfForm } from '../../programme/entries/entry-form.ts'
import type { EntryForm } from '../../programme/entries/entry-form.ts'
import { isCancellingAsked, stateOf } from '../../programme/entries/entry.ts'
import type { Entry } from '../../programme/entries/entry.ts'
import { numbers, questionFields } from './form-schema.ts'
import { audienceInWords, stateTags } from './in-words.ts'
import { hrefOf } from './page.ts'
import type { FormShape } from './page.ts'

/** What was typed into the settings, and what is wrong with it. */
export interface TriedSettings {
  body: unknown
  errors: FormErrors
}

/** What organisers decide about the form, as stored or as they typed it. */
export function settingsPageOf (
  { campaign, form }: FormShape, counts: { waiting: number, all: number }, publicUrl: string, now: DateTime<true>,
  tried?: TriedSettings
) {
  const values = tried === undefined ? valuesOf(form) : typedValues(tried.body)
  const ticked = (field: string) => [values[field]].flat()
  return {
    title: campaign.title,
    sections: campaignSections(campaign.slug, '/entry-form'),
    href: `/staff/campaigns/${campaign.slug}`,
    listHref: `/staff/campaigns/${campaign.slug}/entries`,
    inviteHref: `/staff/campaigns/${campaign.slug}/entries/invitation`,
    formUrl: publicUrl + hrefOf(campaign),
    phase: phaseOf(form, campaign.zone, now),
    counts,
    edition: versionOfForm(form),
    values,
    kinds: enterableKinds.map(value => ({ value, text: kindToChoose(value), checked: ticked('kinds').includes(value) })),
    audiences: entryAudiences.map(value => ({ value, text: audienceInWords[value], checked: ticked('audiences').includes(value) })),
    districts: campaign.districts.length === 0
      ? undefined
      : [{ value: '', text: 'None' }, ...campaign.districts.map(value => ({ value, text: value, selected: values.district === value }))],
    campaignDays: [campaign.firstDay, campaign.lastDay].map(day => day && calendarDayInWords(day)).filter(day => day !== undefined).join(' to '),
    questions: numbers.map(n => {
      const names = questionFields(n)
      return {
        number: n + 1,
        names,
        text: values[names.text],
        choices: values[names.choices],
        isRequired: values[names.required] === 'yes'
      }
    }),
    errors: tried?.errors
  }
}

type Values = Record<string, string | string[] | undefined>

function valuesOf (form: EntryForm): Values {
  const { isOn, isListed, opensOn, closesOn, introduction, kinds, firstDay, lastDay, audiences, ...rest } = form
  const { district, visibility, hashtags } = rest
  return {
    on: isOn ? 'yes' : 'no',
    listed: isListed ? 'yes' : '',
    opens_on: opensOn,
    closes_on: closesOn,
    introduction,
    kinds: [...kinds],
    first_day: firstDay,
    last_day: lastDay,
    audiences: [...audiences],
    district,
    visibility,
    hashtags,
    ...Object.fromEntries(form.questions.flatMap(({ text, choices, isRequired }, n) => {
      const names = questionFields(n)
      return [[names.text, text], [names.choices, choices.join('\n')], [names.required, isRequired ? 'yes' : '']]
    }))
  }
}

function typedValues (body: unknown): Values {
  return Object.fromEntries(Object.entries(Object(body) as object).map(([field, value]: [string, unknown]) =>
    [field, Array.isArray(value) ? value.filter(one => typeof one === 'string') : typeof value === 'string' ? value : undefined]))
}

export const perPage = 50

/** What was entered in a campaign, for its organisers. */
export function entriesPageOf (
  { campaign }: FormShape, entries: readonly Entry[],
  { page, total, publicUrl }: { page: number, total: number, publicUrl: string }
) {
  const href = `/staff/campaigns/${campaign.slug}/entries`
  return {
    title: campaign.title,
    sections: campaignSections(campaign.slug, '/entry-form'),
    backHref: `/staff/campaigns/${campaign.slug}/entry-form`,
    backText: 'Back to the form',
    formUrl: publicUrl + hrefOf(campaign),
    fileHref: `${href}/file`,
    total,
    entries: entries.map(entry => ({
      id: entry.id,
      title: entry.activity?.title ?? entry.title,
      href: entry.activity && `/staff/activities/${entry.activity.slug}`,
      when: entry.activity && whenInWords(entry.activity),
      district: entry.activity?.district,
      organisation: entry.organisation,
      name: entry.name,
      email: entry.email,
      mailto: mailtoOf(entry.email),
      answers: entry.answers,
      received: shortMoment(entry.receivedAt, campaign.zone),
      tag: stateTags[stateOf(entry)],
      isCancellingAsked: isCancellingAsked(entry),
      cancelHref: entry.activity && `/staff/activities/${entry.activity.slug}/withdrawal`,
      isUnreachable: entry.unreachableAt !== undefined,
      linkHref: `${href}/${entry.id}/link?page=${page}`,
      mayRenew: entry.confirmedAt !== undefined
    })),
    pagination: paginationOf(total, page, number => `${href}?page=${number}`, perPage)
  }
}
