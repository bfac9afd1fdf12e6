import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { DateTime } from 'luxon'
import { canonicalAddress } from './booking/bookings/address.ts'
import { newReference } from './booking/bookings/reference.ts'
import type { Db, Tx } from './platform/database/connect.ts'
import { dateOf } from './platform/clock.ts'
import type { Prisma } from './platform/database/generated/client.ts'
import type { Seal } from './platform/seal.ts'
import { slugOf } from './platform/slug.ts'
import { readStory } from './programme/scenarios/twee.ts'

const zone = 'Europe/London'
type Local = ReturnType<DateTime<true>['setZone']>

/** Key of the advisory lock held while the example is loaded. */
const loading = 20_201_201

/**
 * Fills an empty database with two campaigns that show what the service is for, so that people who try it find
 * something to book; a database with a campaign or a member of staff of its own is left alone.
 *
 * Dates are counted from `now`. The bookings are made up, with addresses at example.org, where no email arrives; none
 * is announced, and none wants reminders.
 */
export async function loadExampleProgramme (db: Db, seal: Seal, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${loading})`
    if (await tx.campaign.count() > 0 || await tx.staffMember.count() > 0) return

    const agencies = await addAgencies(tx)
    await addItsNotOk(tx, agencies, seal, now)
    await addKnowWhoYourFriendsAre(tx, agencies, now)
    await addLocalContacts(tx, now)
    await addResources(tx, now)
    await tx.staffMember.create({
      data: { email: 'organiser@example.org', name: 'Example organiser', role: 'admin', createdAt: now.toJSDate() }
    })
  })
}

const agencyNames = {
  'cumberland-council': 'Cumberland Council',
  'westmorland-and-furness-council': 'Westmorland and Furness Council',
  'cumbria-police': 'Cumbria Police',
  nspcc: 'NSPCC',
  'bolton-council': 'Bolton Council',
  'greater-manchester-police': 'Greater Manchester Police'
}
type AgencySlug = keyof typeof agencyNames
type AgencyIds = Record<AgencySlug, string>

async function addAgencies (tx: Tx): Promise<AgencyIds> {
  const rows = await tx.agency.createManyAndReturn({
    data: Object.entries(agencyNames).map(([slug, name]) => ({ slug, name }))
  })
  return Object.fromEntries(rows.map(({ slug, id }) => [slug, id])) as AgencyIds
}

/** Online workshops for parents and carers: free, nearly full, full and past. */
async function addItsNotOk (tx: Tx, agencies: AgencyIds, seal: Seal, now: DateTime<true>): Promise<void> {
  const tuesday = comingWeekday(2, now.plus({ days: 7 }))
  const { id: campaignId } = await tx.campaign.create({
    data: {
      slug: 'its-not-ok',
      title: 'It’s Not OK: staying safe online',
      summary: 'Children play, learn and make friends online, and some adults use the same places to harm them. ' +
        'It’s Not OK brings together councils, police, health services and the NSPCC in Cumbria to help families ' +
        'spot the signs early, talk about them, and know who to turn to.\n\n' +
        'Nothing that happens to a child online is the child’s fault, and it is never too late to get help.',
      kind: 'programme',
      partnership: 'Cumbria safeguarding partnerships',
      firstDay: dayOf(tuesday.minus({ weeks: 3 })),
      districts: ['Cumberland', 'Westmorland and Furness'],
      privacyNotice: 'The councils of Cumberland and of Westmorland and Furness, Cumbria Police and the NSPCC run ' +
        'this campaign together. We use what you tell us to run the workshop you book, and for nothing else. ' +
        'We erase it 30 days after the workshop.'
    }
  })

  const dates = [
    { weeks: 0, confirmed: 0, waiting: 0, passcode: 'Kc3mWq8vTz2nLx' },
    { weeks: 1, confirmed: 18, waiting: 0, passcode: 'Rb7yHd4sPf9jGk' },
    { weeks: 2, confirmed: 20, waiting: 3, passcode: 'Vn5tXe2wQa8uCm' },
    { weeks: -3, confirmed: 14, waiting: 0, passcode: 'Zg6pJr3kBs7dMy' }
  ]
  for (const { weeks, confirmed, waiting, passcode } of dates) {
    const startsAt = tuesday.plus({ weeks }).set({ hour: 18 })
    const { id } = await tx.activity.create({
      data: {
        campaignId,
        slug: `keeping-your-child-safe-online-${startsAt.toISODate()}`,
        title: 'Keeping your child safe online',
        summary: 'Half an hour for parents and carers, with people from the safeguarding partnership and the NSPCC. ' +
          'We look at the apps and games that children use, how grooming starts, what to do when pictures have been ' +
          'shared, and how to talk about all of it at home. You take away practical tips and where to get help.',
        kind: 'online-workshop',
        startsAt: startsAt.toJSDate(),
        endsAt: startsAt.plus({ minutes: 30 }).toJSDate(),
        zone,
        isOnline: true,
        joinUrlSealed: seal.close(`https://teams.microsoft.com/meet/39127460${String(8351 + weeks)}?p=${passcode}`),
        audiences: ['parents', 'carers'],
        visibility: 'public',
        booking: 'places',
        capacity: 20,
        placesPerBooking: 2,
        status: 'published',
        leadAgencyId: agencies.nspcc,
        partners: partners(agencies, ['cumberland-council', 'westmorland-and-furness-council', 'cumbria-police'])
      }
    })
    const isPast = startsAt < now
    const from = isPast ? startsAt.minus({ days: 12 }) : now.minus({ days: 3 })
    await tx.booking.createMany({ data: bookings(id, { confirmed, waiting, from, isPast }) })
  }
}

/** Seven days of activities: some for everyone, some for partners, some that no one else may know of. */
async function addKnowWhoYourFriendsAre (tx: Tx, agencies: AgencyIds, now: DateTime<true>): Promise<void> {
  const monday = comingWeekday(1, now.plus({ days: 7 }))
  const sunday = monday.plus({ days: 6 })
  const { id: campaignId } = await tx.campaign.create({
    data: {
      slug: 'know-who-your-friends-are',
      title: 'Know who your friends are',
      strapline: 'It’s not your fault, and it’s never too late to tell someone',
      summary: 'A week of action in Bolton against child sexual exploitation. This year it is about staying safe ' +
        'online: the pressure to share nudes, people who are not who they say they are, and harm by others of the ' +
        'same age.\n\nIf a picture was shared, whatever was said, it is not the child’s fault, and help is there.',
      kind: 'week-of-action',
      partnership: 'Bolton safeguarding partnership',
      hashtags: ['#itsnotokay'],
      accounts: ['https://www.facebook.com/notokayGM', 'https://x.com/notokayGM'],
      area: 'Greater Manchester',
      districts: ['Bolton'],
      pressContact: 'Press office, Bolton safeguarding partnership',
      pressEmail: 'press-office@example.org',
      pressNote: 'Please do not name or picture any child, and print a number to call with every story.',
      firstDay: dayOf(monday),
      lastDay: dayOf(sunday)
    }
  })
  await addMessages(tx, campaignId)
  await addAdvice(tx, campaignId)

  /** `day` is counted from Monday, which is 0. */
  const at = (day: number, hour: number, minute = 0) => monday.plus({ days: day }).set({ hour, minute })
  const allDay = (first: number, last: number) => ({
    startsAt: at(first, 0).toJSDate(), endsAt: at(last + 1, 0).toJSDate(), allDay: true
  })
  const times = (startsAt: Local, endsAt: Local) => ({
    startsAt: startsAt.toJSDate(), endsAt: endsAt.toJSDate()
  })
  const police = agencies['greater-manchester-police']
  const council = agencies['bolton-council']

  const week: Array<Omit<Prisma.ActivityUncheckedCreateInput, 'campaignId' | 'zone' | 'status'>> = [
    {
      ...times(at(0, 9), at(0, 10)),
      slug: 'week-of-action-press-release',
      title: 'Press release: know who your friends are',
      summary: 'The week opens with an appeal to parents and carers: ask who your children talk to online, and tell ' +
        'them that they can always come to you.',
      kind: 'press',
      audiences: ['everyone'],
      visibility: 'public',
      leadAgencyId: council
    },
    {
      ...allDay(0, 6),
      slug: 'outdoor-advertising',
      title: 'Posters and screens across Bolton',
      summary: 'Throughout the week, posters at bus stops and on screens in the town centre say where young people ' +
        'can talk to someone in confidence.',
      kind: 'advertising',
      venue: 'Bus stops and screens in Bolton',
      audiences: ['young-people', 'parents'],
      visibility: 'public',
      leadAgencyId: council
    },
    {
      ...times(at(1, 18), at(1, 20)),
      slug: 'youth-centre-session-on-sharing-images',
      title: 'Youth centre session: when pictures get shared',
      summary: 'Young people talk with youth workers about sharing nudes: the pressure to send them, what the law ' +
        'says for under 18s, and how to get a picture taken down. They come through their youth centre.',
      kind: 'awareness-session',
      audiences: ['young-people'],
      visibility: 'public',
      booking: 'invitation',
      leadAgencyId: council,
      partners: partners(agencies, ['nspcc'])
    },
    ...[1, 3].map(day => ({
      ...times(at(day, 15, 30), at(day, 17, 30)),
      slug: `street-surgery-${at(day, 12).setLocale('en-GB').toFormat('cccc').toLowerCase()}`,
      title: 'Street surgery: stop and talk',
      summary: 'Officers and youth workers are in the town centre after school. Stop by with any question about ' +
        'staying safe online, your own or about a friend.',
      kind: 'street-surgery',
      venue: 'Victoria Square, Bolton',
      audiences: ['young-people', 'parents', 'carers'],
      visibility: 'public',
      booking: 'drop-in',
      leadAgencyId: police,
      partners: partners(agencies, ['bolton-council'])
    })),
    {
      ...times(at(2, 10), at(2, 11)),
      slug: 'launch-of-the-web-application',
      title: 'Launch: in a police officer’s shoes',
      summary: 'A story lets you make the decisions that police officers face when a young person is missing, and ' +
        'shows what follows from them. Find it on the page of this week of action: “Where is Jess?”',
      kind: 'launch',
      venue: 'On the web',
      district: null,
      audiences: ['everyone'],
      visibility: 'public',
      leadAgencyId: police
    },
    {
      ...allDay(0, 4),
      slug: 'awareness-with-schools',
      title: 'Awareness with schools',
      summary: 'Assemblies and lessons on healthy friendships and staying safe online in secondary schools.',
      kind: 'school-session',
      audiences: ['young-people', 'professionals'],
      visibility: 'partners',
      leadAgencyId: council,
      partners: partners(agencies, ['nspcc', 'greater-manchester-police'])
    },
    {
      ...times(at(2, 14), at(2, 16)),
      slug: 'awareness-with-hotels',
      title: 'Awareness with hotels',
      summary: 'Reception and night staff learn which signs of exploitation to look out for and who to call.',
      kind: 'business-engagement',
      venue: 'Hotels in Bolton',
      audiences: ['businesses'],
      visibility: 'partners',
      leadAgencyId: police,
      partners: partners(agencies, ['bolton-council'])
    },
    {
      ...times(at(4, 17), at(4, 21)),
      slug: 'compliance-visits',
      title: 'Compliance visits to takeaways and newsagents',
      summary: 'Licensing, trading standards and police visit together.',
      kind: 'compliance-visit',
      audiences: ['businesses'],
      visibility: 'operational',
      leadAgencyId: council,
      partners: partners(agencies, ['greater-manchester-police'])
    },
    {
      ...times(at(4, 20), at(5, 2)),
      slug: 'disruption-patrols',
      title: 'Disruption patrols',
      kind: 'disruption',
      visibility: 'operational',
      leadAgencyId: police
    }
  ]
  for (const activity of week) {
    await tx.activity.create({ data: { district: 'Bolton', ...activity, campaignId, zone, status: 'published' } })
  }
  await addWhereIsJess(tx, campaignId)
}

const whereIsJess = new URL('../templates/programme/scenarios/where-is-jess.twee', import.meta.url)

/** A story in which people decide as a police officer does. */
async function addWhereIsJess (tx: Tx, campaignId: string): Promise<void> {
  const text = await readFile(whereIsJess, 'utf8')
  const { story: { title } } = readStory(text)
  await tx.scenario.create({
    data: { slug: slugOf(title), campaignId, title, text, publishedTitle: title, publishedText: text }
  })
}

/** What the week wants people to remember. */
async function addMessages (tx: Tx, campaignId: string): Promise<void> {
  const messages = {
    everyone: [
      'Abuse is never the fault of the child it happens to.',
      'You do not have to be sure. If something worries you, tell the police on 101, or 999 in an emergency.'
    ],
    parents: [
      'Ask who your children talk to online as you would ask who they meet in town.',
      'If they tell you something hard, stay calm, thank them, and do not take their phone away: they may not tell you again.',
      'Look at the privacy settings and age limits of their apps and games together.'
    ],
    'young-people': [
      'If someone has a picture of you, or asks for one, it is not your fault, and you can get help now.',
      'Someone who says they are your age may not be. Real friends do not push, threaten or ask you to keep secrets.',
      'A picture can be saved or passed on, even from an app where it disappears.',
      'Talk to someone you trust, or to Childline on 0800 1111. They do not judge.'
    ],
    professionals: [
      'Ask again, gently. Children often say nothing at first because they are afraid, ashamed or loyal.',
      'Write what you see, not what you judge, and tell your safeguarding lead the same day.'
    ],
    businesses: [
      'Hotels, taxis, takeaways and shops see things that nobody else does. Know the signs, and tell the police on 101.'
    ]
  }
  await tx.keyMessage.createMany({
    data: Object.entries(messages).flatMap(([audience, texts]) =>
      texts.map((text, position) => ({ campaignId, audience, position, text })))
  })
}

/** A page for young people and one for parents, about pictures that were shared. */
async function addAdvice (tx: Tx, campaignId: string): Promise<void> {
  const reportRemove = {
    title: 'Report Remove',
    url: 'https://www.childline.org.uk/report-remove',
    about: 'For under 18s: asks websites and apps to take a picture down'
  }
  const ceop = {
    title: 'CEOP Safety Centre',
    url: 'https://www.ceop.police.uk/Safety-Centre/',
    about: 'Tells specially trained police about someone’s behaviour towards a child online'
  }
  const pages = [
    {
      slug: 'someone-has-a-picture-of-you',
      title: 'Someone has a picture of you',
      audience: 'young-people',
      text: 'It is not your fault. It happens to a lot of people, and there are people whose job it is to help you.\n\n' +
        '# What you can do now\n- Stop answering. You do not have to send anything else, and you do not have to pay.\n' +
        '- Do not delete the messages yet: they help to find out who is doing this.\n' +
        '- Block the person, and report them in the app.\n' +
        '- Tell an adult you trust, or call Childline on 0800 1111. It is free, and it does not show on the bill.\n\n' +
        '# If you sent it yourself\nYou can still get help. Having or sending a sexual picture of anyone under 18 is against ' +
        'the law. That law is there to protect you, and the police look first at who pressed you or passed it on.\n\n' +
        '# Getting it taken down\nIf you are under 18, Report Remove can ask for it to be taken down. Nobody you know is told.',
      links: [
        reportRemove,
        ceop,
        { title: 'Childline', url: 'https://www.childline.org.uk/', about: 'To talk to someone, by phone or online, at any time' }
      ]
    },
    {
      slug: 'if-your-child-has-shared-a-picture',
      title: 'If your child has shared a picture',
      audience: 'parents',
      text: 'Most children who share a picture were asked, pressed or tricked. What you do first decides whether they tell you ' +
        'the rest.\n\n# What to look out for\n- They hide their screen, or are upset after being online\n' +
        '- New friends online who you cannot place, presents, or a second phone\n- They suddenly need money\n\n' +
        '# What to do\n- Stay calm. Say that it is not their fault and that you are glad they told you.\n' +
        '- Listen. Do not ask for the picture, and do not look at it, copy it or send it on, not even to the school.\n' +
        '- Help them to stop answering, and keep the messages.\n- Use Report Remove together to get the picture taken down.\n\n' +
        '# Who to call\nIf your child is in danger now, call 999. If someone is pressing them, tell the CEOP Safety Centre or ' +
        'the police on 101. For advice, call the NSPCC on 0808 800 5000.',
      links: [
        reportRemove,
        ceop,
        {
          title: 'NSPCC: online safety',
          url: 'https://www.nspcc.org.uk/keeping-children-safe/online-safety/',
          about: 'How to talk about it at home, and what apps and games to know about'
        }
      ]
    }
  ]
  for (const [position, { links, ...page }] of pages.entries()) {
    await tx.advicePage.create({
      data: {
        ...page,
        campaignId,
        status: 'published',
        position: 10 * position,
        links: { create: links.map((link, position) => ({ ...link, position })) }
      }
    })
  }
}

function partners (agencies: AgencyIds, slugs: AgencySlug[]) {
  return { create: slugs.map(slug => ({ agencyId: agencies[slug] })) }
}

/** National helplines are in every database; these belong to the local hub. */
async function addLocalContacts (tx: Tx, now: DateTime<true>): Promise<void> {
  const checked = { lastCheckedOn: dayOf(now.setZone(zone)), owner: 'Example organiser' }
  await tx.supportContact.createMany({
    data: [
      {
        name: 'Cumberland Safeguarding Hub',
        purpose: 'If you are worried about a child in Cumberland',
        number: '0333 240 1727',
        hours: 'Monday to Thursday 8am to 5pm, Friday 8am to 4:30pm',
        area: ['Cumberland'],
        position: 30,
        ...checked
      },
      {
        name: 'Emergency duty team',
        purpose: 'If you are worried about a child in Cumbria in the evening, at night or at the weekend',
        number: '0300 373 2724',
        area: ['Cumberland', 'Westmorland and Furness'],
        position: 31,
        ...checked
      }
    ]
  })
}

/** What partnerships have given out in weeks of action. */
async function addResources (tx: Tx, now: DateTime<true>): Promise<void> {
  const resources: Array<[name: string, description: string, stock: number, most: number]> = [
    ['Posters', 'A3, for walls and windows: signs to look out for, and who to call.', 400, 20],
    ['Leaflets', 'For parents and carers, in packs of 50.', 120, 10],
    ['Pens', 'With the numbers to call.', 500, 50],
    ['Wristbands', 'Bright ones, for adults and children.', 1000, 100],
    ['USB sticks', 'With films and lesson plans for schools and youth clubs.', 60, 2],
    ['Lip balms', 'With the numbers to call, to hand out at stalls.', 250, 50],
    ['Mobile phone chargers', 'For hotels, bars and taxi firms to lend.', 40, 5]
  ]
  await tx.resource.createMany({
    data: resources.map(([name, description, stock, mostPerRequest]) =>
      ({ name, description, stock, mostPerRequest, createdAt: now.toJSDate() }))
  })
}

/** The first such weekday on or after `from`, at midnight in the zone; 1 is Monday. */
function comingWeekday (weekday: number, from: DateTime<true>): Local {
  const day = from.setZone(zone).startOf('day')
  return day.plus({ days: (weekday - day.weekday + 7) % 7 })
}

/** The driver takes a calendar day as midnight in UTC. */
function dayOf (day: Local): Date {
  return dateOf(day.toFormat('yyyy-MM-dd'))
}

const firstNames = ['Amina', 'Tom', 'Priya', 'Siobhán', 'Marek', 'Chloe', 'Yusuf', 'Ruth', 'Łucja', 'Dave', 'Mei', 'Fiona']
const lastNames = ['Hodgson', 'Rahman', 'O’Neill', 'Nowak', 'Tyson', 'Chen', 'Bell', 'Mistry']

/** Made-up people, the same at every start. */
function bookings (
  activityId: string,
  { confirmed, waiting, from, isPast }: { confirmed: number, waiting: number, from: Local, isPast: boolean }
): Prisma.BookingCreateManyInput[] {
  return Array.from({ length: confirmed + waiting }, (_, n) => {
    const email = `attendee-${n + 1}@example.org`
    const at = from.plus({ minutes: 97 * n }).toJSDate()
    const isWaiting = n >= confirmed
    return {
      activityId,
      reference: newReference(),
      name: `${firstNames[n % firstNames.length]} ${lastNames[n % lastNames.length]}`,
      email,
      canonicalEmail: canonicalAddress(email),
      role: n % 4 === 3 ? 'carer' : 'parent',
      district: n % 3 === 0 ? 'Westmorland and Furness' : 'Cumberland',
      accessNeeds: n === 5 ? 'Captions, please' : null,
      question: n === 2 ? 'How do I start talking about this with a ten-year-old?' : null,
      status: isWaiting ? 'waiting' : 'confirmed',
      createdAt: at,
      changedAt: at,
      waitedAt: isWaiting ? at : null,
      confirmedAt: isWaiting ? null : at,
      submissionId: randomUUID(),
      attended: isPast ? n % 5 !== 4 : null,
      remindersOff: true
    }
  })
}
