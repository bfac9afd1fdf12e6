import { randomUUID } from 'node:crypto'
import type { Db } from '../src/platform/database/connect.ts'
import type { StaffMember } from '../src/platform/database/generated/client.ts'
import { joinLinkSeal } from '../src/programme/teams/seal.ts'
import { nameOfText } from '../src/office/evaluation-results/queries.ts'
import { suggested } from '../src/programme/evaluations/questionnaire.ts'
import { aStandingList, aSuccession, anUpload, giveTheirs } from '../test/support/everything.ts'
import type { Everything } from '../test/support/everything.ts'
import { aScenario } from '../test/support/scenarios.ts'
import { aLegalHold, aRequestOf } from '../test/support/requests.ts'
import { anEntry, anEntryForm } from '../test/support/entries.ts'
import { aDownload, aResource, aResourceRequest } from '../test/support/resources.ts'
import { benchKey } from './service.ts'

const joinUrl = 'https://teams.microsoft.com/l/meetup-join/19%3ameeting_bench%40thread.v2/0?context=%7b%7d'

/** SQL for the id of one of a kind, by its number. */
const id = (kind: string, n: string) => `md5('${kind}' || ${n})::uuid`

/**
 * Adds rows until there are so many activities and bookings, and everything else in proportion: emails, histories,
 * holds, bulletins, hosts, staff with their browsers, agencies, campaigns, support contacts and an audit trail. Half of
 * the activities are over. The first one is today and by far the largest, with a twentieth of all bookings; it also has
 * many holds, bulletins and hosts, and its first booking many emails.
 */
export async function growOrganisersSide (
  db: Db, { activities, bookings }: { activities: number, bookings: number }
): Promise<void> {
  const size = activities / 20
  const largest = Math.round(bookings / 20)
  const others = Math.floor((bookings - largest) / (activities - 1))
  const upTo = (most: number) => `generate_series(1, ${most}) AS n`

  for (const sql of [
    `INSERT INTO agencies (id, slug, name)
      SELECT ${id('agency', 'n')}, 'agency-' || n, 'Agency ' || n FROM ${upTo(4 * size)}`,
    `INSERT INTO campaigns (id, slug, title, partnership, districts)
      SELECT ${id('campaign', 'n')}, 'campaign-' || n, 'Campaign ' || n, 'Cumbria safeguarding partnerships',
        '{Cumberland,Westmorland}' FROM ${upTo(2 * size)}`,
    `INSERT INTO support_contacts (id, name, purpose, number, last_checked_on, owner)
      SELECT ${id('contact', 'n')}, 'Helpline ' || n, 'to talk to someone', '0800 1111', now(), 'Cumberland Council' FROM ${upTo(4 * size)}`,
    `INSERT INTO staff_members (id, email, name, role, agency_id)
      SELECT ${id('staff', 'n')}, 'staff-' || n || '@council.example', 'Colleague ' || n,
        (ARRAY['organiser', 'staff', 'host'])[1 + n % 3], ${id('agency', '(1 + n % 4)')} FROM ${upTo(6 * size)}`,
    `INSERT INTO staff_sessions (id, staff_member_id, token_hash, created_at, last_seen_at, shown_at, device)
      SELECT ${id('session', 'n')}, ${id('staff', '(1 + n / 3)')}, md5('session' || n), now(), now(), now(), 'Firefox on Windows'
      FROM ${upTo(18 * size - 3)}`,
    // The first one is later today; half of the others are over, the rest to come.
    `INSERT INTO activities (id, campaign_id, slug, title, summary, kind, is_online, starts_at, ends_at, visibility, booking, capacity,
        waiting_list, another_date_at, status, lead_agency_id, audiences, join_url_sealed)
      SELECT ${id('activity', 'n')}, ${id('campaign', `(1 + n % ${2 * size})`)}, 'workshop-' || n,
        'Keeping your child safe online ' || n, 'Half an hour on what children do online.', 'online-workshop', true,
        starts, starts + interval '1 hour', (ARRAY['public', 'partners', 'agency'])[1 + n % 3], 'places', 60, 'by-hand', 20,
        CASE WHEN n % 10 = 9 THEN 'draft' ELSE 'published' END, CASE WHEN n % 3 = 0 THEN ${id('agency', '(1 + n % 4)')} END,
        '{parents,carers}', CASE WHEN n % 4 <> 0 THEN '${joinLinkSeal(benchKey).close(joinUrl)}' END
      FROM (SELECT n, now() + CASE WHEN n = 1 THEN interval '2 hours' ELSE (n * 37 % 120 - 60) * interval '1 day' END AS starts
        FROM ${upTo(activities)}) AS dates`,
    `INSERT INTO activity_partners (activity_id, agency_id)
      SELECT ${id('activity', 'n')}, ${id('agency', '(1 + (n + 1) % 4)')} FROM ${upTo(activities)}`,
    `INSERT INTO priority_groups (activity_id, rank, name, reason)
      SELECT ${id('activity', '1')}, n, 'Group ' || n, 'Schools asked us to.' FROM ${upTo(Math.min(8, size))}`,
    `INSERT INTO activity_hosts (activity_id, staff_member_id)
      SELECT ${id('activity', '1')}, ${id('staff', 'n')} FROM ${upTo(3 * size)}`,
    `INSERT INTO teams_meetings (activity_id, status, problem, asked_at, join_url_sealed)
      VALUES (${id('activity', '1')}, 'failed', 'Teams did not answer.', now(), (SELECT join_url_sealed FROM activities WHERE slug = 'workshop-1'))`
  ]) await db.$executeRawUnsafe(`${sql} ON CONFLICT DO NOTHING`)

  await db.$executeRawUnsafe(`UPDATE activities SET capacity = ${Math.ceil(largest * 0.7) + 5 * size} WHERE slug = 'workshop-1'`)
  await db.$executeRawUnsafe(`
    INSERT INTO bookings (id, activity_id, reference, name, email, canonical_email, role, district, phone, access_needs, question, places,
      status, created_at, changed_at, confirmed_at, waited_at, offered_until, offers, lapse_reason, attended, unreachable_at, submission_id)
    SELECT ${id('booking', "(a || ' ' || n)")}, ${id('activity', 'a')}, upper(substr(md5('reference' || a || ' ' || n), 1, 10)),
      (ARRAY['Anne', 'Bashir', 'Chloë', 'Dev', 'Eleri', 'Farah', 'Gwen', 'Hamish'])[1 + n % 8] || ' ' ||
        (ARRAY['Kirkbride', 'Malik', 'O’Brien', 'Singh', 'Roberts'])[1 + a % 5] || ' ' || n,
      'person-' || n || '@' || a || '.example.org', 'person-' || n || '@' || a || '.example.org', 'parent', 'Cumberland',
      CASE WHEN n % 2 = 0 THEN '07700 900 982' END, CASE WHEN n % 10 = 1 THEN 'Captions' END,
      CASE WHEN n % 8 = 1 THEN 'How do I begin?' END, 1, status, at, at, CASE WHEN status = 'confirmed' THEN at END,
      CASE WHEN status <> 'confirmed' THEN at END, CASE WHEN status = 'offered' THEN now() + interval '1 day' END,
      CASE WHEN status IN ('offered', 'lapsed') THEN 1 ELSE 0 END, CASE WHEN status = 'lapsed' THEN 'unanswered' END,
      CASE WHEN a % 120 >= 60 AND status = 'confirmed' THEN n % 2 = 0 END, CASE WHEN n % 40 = 1 THEN now() END, gen_random_uuid()
    FROM (SELECT a, n, now() - (n * 61 % 60) * interval '1 day' AS at, CASE
        WHEN n <= 0.6 * places THEN 'confirmed' WHEN n <= 0.85 * places THEN 'waiting' WHEN n <= 0.9 * places THEN 'offered'
        WHEN n <= 0.95 * places THEN 'cancelled' ELSE 'lapsed' END AS status
      FROM (SELECT a, CASE WHEN a = 1 THEN ${largest} ELSE ${others} END AS places FROM generate_series(1, ${activities}) AS a) AS all_of,
        generate_series(1, places) AS n) AS people
    ON CONFLICT DO NOTHING`)

  for (const sql of [
    `INSERT INTO holds (id, activity_id, agency_id, code, places, returns_at, created_at)
      SELECT ${id('hold', 'n')}, ${id('activity', '1')}, ${id('agency', '(1 + n % 4)')}, 'CODE' || n, 1,
        now() + interval '1 hour', now() FROM ${upTo(5 * size)}`,
    `INSERT INTO bulletins (id, activity_id, number, audience, heading, body, made_by_id, created_at, sent_at)
      SELECT ${id('bulletin', 'n')}, ${id('activity', '1')}, n, 'confirmed', 'What to bring', 'A pen and paper.', ${id('staff', '1')}, now(),
        CASE WHEN n > 1 THEN now() END FROM ${upTo(2 * size)}`,
    `INSERT INTO letters (booking_id, kind, message_id, status, attempts, answer, created_at, sent_at)
      SELECT id, kind, kind || id || '@bench.example', CASE WHEN unreachable_at IS NULL THEN 'sent' ELSE 'failed' END, 1, '250 OK',
        created_at, created_at
      FROM bookings, unnest(ARRAY['place-confirmed', 'reminder-week', 'reminder-day']) AS kind`,
    `INSERT INTO letters (booking_id, kind, sequence, message_id, status, attempts, answer, created_at, sent_at)
      SELECT id, 'bulletin', 2, 'bulletin' || id || '@bench.example', 'sent', 1, '250 OK', now(), now()
      FROM bookings WHERE activity_id = ${id('activity', '1')} AND status = 'confirmed'`,
    `INSERT INTO letters (id, booking_id, kind, copy, message_id, status, attempts, answer, created_at, sent_at)
      SELECT ${id('letter', 'n')}, ${id('booking', "'1 1'")}, 'place-confirmed', n, 'copy' || n || '@bench.example', 'sent', 1, '250 OK',
        now(), now() FROM ${upTo(4 * size)}`,
    `INSERT INTO booking_events (id, booking_id, at, activity_id, status, places, offers, called)
      SELECT -n, ${id('booking', "'1 1'")}, now(), ${id('activity', '1')}, 'confirmed', 1 + n % 2, 0, false FROM ${upTo(4 * size)}`,
    `INSERT INTO audit_entries (id, at, staff_member_id, action, subject, details)
      SELECT -n, now() - n * interval '1 minute', ${id('staff', `(1 + n % ${6 * size})`)},
        (ARRAY['activity.changed', 'attendees.exported', 'booking.cancelled', 'places.changed'])[1 + n % 4], 'workshop-' || (1 + n % ${activities}),
        jsonb_build_object('booking', ${id('booking', "((1 + n % 20) || ' 1')")}::text) FROM ${upTo(2 * bookings)}`
  ]) await db.$executeRawUnsafe(`${sql} ON CONFLICT DO NOTHING`)
  await db.$executeRawUnsafe('VACUUM ANALYZE')
}

/**
 * The largest of everything, for the addresses that name something, once something has grown. What there is one of is
 * made here, so this is called once; what only its owner sees is that member's.
 */
export async function largestOfEach (db: Db, member: Pick<StaffMember, 'id' | 'agencyId'>): Promise<Everything> {
  const activity = await db.activity.findUniqueOrThrow({ where: { slug: 'workshop-1' } })
  const [one = { id: '' }] = await db.$queryRawUnsafe<Array<Record<string, string>>>(`
    SELECT ${id('hold', '1')}::text AS hold, ${id('booking', "'1 1'")}::text AS booking, ${id('letter', '1')}::text AS email,
      ${id('contact', '1')}::text AS contact, ${id('staff', '1')}::text AS colleague, ${id('session', '1')}::text AS session,
      (SELECT id::text FROM bookings WHERE activity_id = ${id('activity', '1')} AND status = 'waiting' LIMIT 1) AS waiting,
      (SELECT id::text FROM bookings WHERE activity_id = ${id('activity', '1')} AND status = 'lapsed' LIMIT 1) AS lapsed`)
  const thought = { occasion: 'after', question: 4, text: 'A longer break, please' } as const
  const { questions } = suggested
  await db.questionnaire.create({ data: { activityId: activity.id, questions: [...questions], isAnswered: true } })
  await db.evaluationText.create({ data: { ...thought, activityId: activity.id } })
  await db.evaluationCount.createMany({
    data: [{ question: 0, value: 0 }, { question: 1, value: 4 }]
      .map(counted => ({ ...counted, activityId: activity.id, occasion: 'after', count: 5 }))
  })
  const advice = await db.advicePage.create({
    data: { slug: 'advice', title: 'If a picture was shared', audience: 'parents', text: 'Stay calm.' }
  })
  const agency = await db.agency.findUniqueOrThrow({ where: { slug: 'agency-1' } })
  const { slug: scenario } = await aScenario(db)
  const { id: resource } = await aResource(db)
  const { id: feed } = await db.agencyFeed.create({
    data: { id: crypto.randomUUID(), name: 'Comms team’s Outlook', tokenHash: 'x', madeAt: new Date() }
  })
  const entryCampaign = await anEntryForm(db)
  const { id: entry } = await anEntry(db, entryCampaign)
  const its = {
    activity,
    feed,
    entry,
    entryCampaign: entryCampaign.slug,
    earlierCampaign: entryCampaign.id,
    scenario,
    campaign: 'campaign-1',
    itsCampaign: (await db.campaign.findUniqueOrThrow({ where: { id: activity.campaignId } })).slug,
    hold: one.hold ?? '',
    booking: one.booking ?? '',
    waiting: one.waiting ?? '',
    lapsed: one.lapsed ?? '',
    invitation: randomUUID(),
    email: one.email ?? '',
    contact: one.contact ?? '',
    advice: advice.id,
    request: (await aRequestOf(db)).id,
    succession: await aSuccession(db),
    legalHold: (await aLegalHold(db, { activityId: activity.id })).id,
    resource,
    download: (await aDownload(db)).id,
    resourceRequest: (await aResourceRequest(db, resource)).id,
    colleague: await db.staffMember.findUniqueOrThrow({ where: { id: one.colleague ?? '' } }),
    text: nameOfText(activity.id, thought),
    ...await aStandingList(db, one.colleague ?? '', activity.id),
    upload: await anUpload(db, one.colleague ?? '', 'campaign-1', benchKey),
    session: one.session ?? '',
    leading: agency,
    takingPart: agency
  }
  await giveTheirs(db, its, member)
  return its
}
