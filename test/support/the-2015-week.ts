import { readFile } from 'node:fs/promises'
import { stringify } from 'csv-stringify/sync'

/*
 * The week of action of Project Phoenix in Greater Manchester, 21 to 27 September 2015, as Bolton announced it, in
 * words of today: the announcement called pictures of children names that blame them, and had the wrong age for what
 * the law says. Organisations are those of the announcement; mailboxes are invented.
 */

/** A Monday, a week before it begins. */
export const announcedAt = '2015-09-14T09:00Z'

export const campaign = {
  title: 'Know who your friends are',
  kind: 'week-of-action',
  partnership: 'Project Phoenix',
  first_day: '2015-09-21',
  last_day: '2015-09-27',
  districts: 'Bolton\nManchester\nOldham\nRochdale'
}

export const slug = 'know-who-your-friends-are'

const board = 'Bolton Safeguarding Children Board'
const council = 'Bolton Council'
const police = 'Greater Manchester Police'
const commissioner = 'Office of the Police and Crime Commissioner'
export const agencies = [board, council, police, commissioner]

/** One organiser for each agency; the first approves what becomes public. */
export const people = [
  { name: 'Cora Coordinator', email: 'week-of-action@bolton-board.example.org', agency: board },
  { name: 'Olu Organiser', email: 'week-of-action@bolton-council.example.org', agency: council },
  { name: 'Inspector of the week', email: 'week-of-action@police.example.org', agency: police },
  { name: 'Communications', email: 'week-of-action@commissioner.example.org', agency: commissioner }
]

export const texts = {
  strapline: 'It’s not okay: a year of speaking up',
  summary: 'Project Phoenix brings together safeguarding boards across Greater Manchester, the police, health, ' +
    'education and social care to stop child sexual exploitation.\n\n' +
    'This week is about staying safe online, the pressure to share nudes, and harm by others of the same age.',
  area: 'Greater Manchester',
  hashtags: '#itsnotokay',
  accounts: 'https://www.facebook.com/notokayGM\nhttps://x.com/notokayGM\nhttps://www.facebook.com/boltoncouncil'
}

export const keyMessages = {
  'young-people': 'Someone who says they are your age may not be.\n' +
    'Someone who flatters you and then asks for a picture is not your friend.\n' +
    'A picture can be saved and passed on, even from an app where it disappears.\n' +
    'If it has happened, it is not your fault. Childline is there on 0800 1111.',
  parents: 'If your child tells you, do not take their phone away: they may not tell you again.',
  professionals: 'Please share what the “It’s not okay” accounts post this week.'
}

export const advice = {
  title: 'If something went wrong online',
  audience: 'young-people',
  text: 'Many young people are afraid to tell someone. Help is there, whatever happened.\n\n' +
    '# What you can do\n- Talk to an adult you trust\n- Call Childline on 0800 1111, or write to them online',
  status: 'published',
  position: '10',
  link_1_title: 'Childline: online and mobile safety',
  link_1_url: 'https://www.childline.org.uk/info-advice/bullying-abuse-safety/online-mobile-safety/',
  link_1_about: 'About grooming, webcams and sharing nudes',
  link_2_title: 'CEOP Safety Centre',
  link_2_url: 'https://www.ceop.police.uk/Safety-Centre/',
  link_2_about: 'If someone has made you feel uncomfortable online'
}

export const press = {
  pressContact: 'Press office, Bolton Council',
  pressEmail: 'press-office@bolton-council.example.org',
  pressPhone: '',
  pressNote: 'Please print a number to call with every story.'
}

/** What Bolton’s board gives to those who work with young people. */
export const resources = [
  ['Posters', 'A3, for walls and windows.'], ['Leaflets', 'In packs of 50.'], ['Pens', 'With the numbers to call.'],
  ['Wristbands', 'For young people and adults.'], ['USB sticks', 'With films and lesson plans.'],
  ['Lip balms', 'To hand out at stalls.'], ['Mobile phone chargers', 'For hotels to lend.']
].map(([name = '', description = '']) => ({ name, description, most: '50', stock: '500' }))

/** The story in which people decide as a police officer does, which the week launched. */
export const story = await readFile(new URL('../../templates/programme/scenarios/where-is-jess.twee', import.meta.url), 'utf8')

export interface PlannedActivity {
  title: string
  kind: string
  /** As `2015-09-21 18:00`, or a day alone for what lasts all day. */
  starts: string
  ends: string
  venue?: string
  district?: string
  audiences: string[]
  visibility: 'public' | 'partners' | 'agency' | 'operational'
  booking: 'none' | 'drop-in' | 'invitation'
  lead: string
  partners?: string[]
  summary: string
}

function surgery (day: string, venue: string, district: string): PlannedActivity {
  return {
    title: 'Street surgery: stop and talk',
    kind: 'street-surgery',
    starts: `${day} 15:30`,
    ends: `${day} 17:30`,
    venue,
    district,
    audiences: ['young-people'],
    visibility: 'public',
    booking: 'drop-in',
    lead: police,
    partners: [board],
    summary: 'Talk to an officer and a youth worker about staying safe online, or about a friend you worry about.'
  }
}

/** “Other activity” of the announcement, in its order. */
export const activities: PlannedActivity[] = [
  {
    title: 'Youth centre session: when pictures get shared',
    kind: 'awareness-session',
    starts: '2015-09-21 18:00',
    ends: '2015-09-21 20:00',
    district: 'Bolton',
    audiences: ['young-people'],
    visibility: 'public',
    booking: 'invitation',
    lead: board,
    summary: 'What can happen to a picture once it is sent, and who helps. Young people come through their youth centre.'
  },
  surgery('2015-09-22', 'Victoria Square', 'Bolton'),
  surgery('2015-09-23', 'The bus station', 'Rochdale'),
  surgery('2015-09-24', 'The shopping centre', 'Oldham'),
  {
    title: 'Awareness with schools',
    kind: 'school-session',
    starts: '2015-09-21',
    ends: '2015-09-25',
    district: 'Bolton',
    audiences: ['young-people', 'professionals'],
    visibility: 'partners',
    booking: 'invitation',
    lead: council,
    partners: [board, police],
    summary: 'Assemblies and lessons about friendships online.'
  },
  {
    title: 'Awareness with hotels',
    kind: 'business-engagement',
    starts: '2015-09-22 14:00',
    ends: '2015-09-22 16:00',
    district: 'Manchester',
    audiences: ['businesses'],
    visibility: 'partners',
    booking: 'invitation',
    lead: police,
    summary: 'What people at reception can notice, and who to call.'
  },
  {
    title: 'Compliance visits to takeaways and newsagents',
    kind: 'compliance-visit',
    starts: '2015-09-24 17:00',
    ends: '2015-09-24 21:00',
    district: 'Bolton',
    audiences: [],
    visibility: 'operational',
    booking: 'none',
    lead: council,
    partners: [police],
    summary: 'Licensing and trading standards visit with the police.'
  },
  {
    title: 'Disruption patrols',
    kind: 'disruption',
    starts: '2015-09-25 20:00',
    ends: '2015-09-26 02:00',
    district: 'Manchester',
    audiences: [],
    visibility: 'operational',
    booking: 'none',
    lead: police,
    summary: 'In uniform and in plain clothes.'
  },
  {
    title: 'Posters and screens',
    kind: 'advertising',
    starts: '2015-09-21',
    ends: '2015-09-27',
    audiences: ['young-people', 'parents'],
    visibility: 'public',
    booking: 'none',
    lead: commissioner,
    summary: 'Know who your friends are: on the way to school, to work and into town.'
  },
  {
    title: 'Press release: know who your friends are',
    kind: 'press',
    starts: '2015-09-21 09:00',
    ends: '2015-09-21 10:00',
    audiences: ['everyone'],
    visibility: 'public',
    booking: 'none',
    lead: commissioner,
    partners: [board, police],
    summary: 'A year since “It’s not okay” began, and what this week is about.'
  },
  {
    title: 'Follow and share “It’s not okay”',
    kind: 'social-media',
    starts: '2015-09-21',
    ends: '2015-09-27',
    audiences: ['young-people', 'parents'],
    visibility: 'public',
    booking: 'none',
    lead: board,
    partners: [council],
    summary: 'Share what we post this week, so that more young people see it all year.'
  },
  {
    title: 'Launch: in a police officer’s shoes',
    kind: 'launch',
    starts: '2015-09-23 10:00',
    ends: '2015-09-23 11:00',
    venue: 'On the web',
    audiences: ['everyone'],
    visibility: 'public',
    booking: 'none',
    lead: police,
    summary: 'A story lets you decide as an officer has to when a young person is missing, and shows what follows.'
  }
]

const isDay = (text: string) => !text.includes(' ')

/** An activity as its lead’s organiser types it; agencies are chosen by their ids. */
export function answersOf (activity: PlannedActivity, idOf: (agency: string) => string): Record<string, string> {
  const { starts, ends, audiences, partners = [], lead, venue = '', district = '', ...rest } = activity
  const [startsDay = '', startsTime = ''] = starts.split(' ')
  const [endsDay = '', endsTime = ''] = ends.split(' ')
  return {
    title: rest.title,
    summary: rest.summary,
    kind: rest.kind,
    starts_day: startsDay,
    starts_time: startsTime,
    ends_day: endsDay,
    ends_time: endsTime,
    ...isDay(starts) ? { all_day: 'yes' } : {},
    venue,
    district,
    audiences: audiences.join(', '),
    visibility: rest.visibility,
    lead_agency: idOf(lead),
    partners: partners.map(idOf).join(';'),
    booking: rest.booking
  }
}

/** The whole programme as one file. */
export function programmeFile (): Buffer {
  const rows = activities.map(({ partners = [], lead, audiences, ...rest }) => ({
    ...rest,
    campaign: slug,
    audiences: audiences.join(';'),
    lead_agency: lead,
    partner_agencies: partners.join(';'),
    status: 'published'
  }))
  const columns = [
    'campaign', 'title', 'slug', 'kind', 'starts', 'ends', 'venue', 'join_url', 'district', 'audiences', 'visibility',
    'booking', 'capacity', 'places_per_booking', 'waiting_list', 'lead_agency', 'partner_agencies', 'summary', 'status'
  ]
  return Buffer.from(stringify(rows, { header: true, columns }))
}

/** A file that anyone can download: the smallest PDF that begins like one. */
export const download = { title: 'Poster: know who your friends are', language: 'English' }
export { aPdf as downloadBytes } from './resources.ts'
