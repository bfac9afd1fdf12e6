import t from 'tap'
import { newAgency, newCampaign } from '../../../src/programme/campaigns/schema.ts'
import { newStaffMember } from '../../../src/office/staff-accounts/schema.ts'

const campaign = { slug: 'its-not-ok', title: 'It’s Not OK' }
const week = { ...campaign, kind: 'week-of-action', 'first-day': '2026-12-01', 'last-day': '2026-12-07' }
const member = { email: 'anne@council.example', name: 'Anne', role: 'admin' }

const refused: Array<[what: string, read: { success: boolean, error?: { issues: object[] } }, column: string]> = [
  ['a campaign without a title', newCampaign.safeParse({ slug: 'x' }), 'title'],
  ['a campaign with a blank title', newCampaign.safeParse({ ...campaign, title: ' ' }), 'title'],
  ['a campaign with a long title', newCampaign.safeParse({ ...campaign, title: 'x'.repeat(201) }), 'title'],
  ['a campaign with a title of two lines', newCampaign.safeParse({ ...campaign, title: 'a\nb' }), 'title'],
  ['a campaign with a slug in capitals', newCampaign.safeParse({ ...campaign, slug: 'Its-Not-OK' }), 'slug'],
  ['a campaign with a path for a slug', newCampaign.safeParse({ ...campaign, slug: '../x' }), 'slug'],
  ['a campaign of another kind', newCampaign.safeParse({ ...campaign, kind: 'festival' }), 'kind'],
  ['a campaign on a day that does not exist', newCampaign.safeParse({ ...week, 'first-day': '2027-02-29' }), 'first-day'],
  ['a campaign on a day in words', newCampaign.safeParse({ ...week, 'last-day': 'Sunday' }), 'last-day'],
  ['a campaign that ends before it begins', newCampaign.safeParse({ ...week, 'last-day': '2026-11-30' }), 'last-day'],
  ['a campaign that names a district twice', newCampaign.safeParse({ ...campaign, districts: 'Bolton; bolton' }), 'districts'],
  ['a campaign with an account nowhere', newCampaign.safeParse({ ...campaign, accounts: 'https://example.org/a' }), 'accounts'],
  ['a campaign with a hashtag of two words', newCampaign.safeParse({ ...campaign, hashtags: 'its not ok' }), 'hashtags'],
  ['an agency without a name', newAgency.safeParse({ slug: 'nspcc' }), 'name'],
  ['staff whose address is not one', newStaffMember.safeParse({ ...member, email: 'anne' }), 'email'],
  ['staff whose address is too long', newStaffMember.safeParse({ ...member, email: `${'a'.repeat(250)}@b.example` }), 'email'],
  ['staff without a name', newStaffMember.safeParse({ ...member, name: ' ' }), 'name'],
  ['staff with a name of two lines', newStaffMember.safeParse({ ...member, name: 'Anne\r\nBcc: x' }), 'name'],
  ['staff in a role that there is not', newStaffMember.safeParse({ ...member, role: 'god' }), 'role']
]

for (const [what, read, column] of refused) {
  t.test(`${what} is refused`, async t => {
    t.match(read.error?.issues, [{ path: [column] }])
  })
}

t.test('a campaign may be as little as a slug and a title', async t => {
  t.match(newCampaign.parse(campaign), { kind: 'programme', districts: [], firstDay: undefined, lastDay: undefined })
})

t.test('hashtags and accounts are given as people know them', async t => {
  t.match(newCampaign.parse({ ...campaign, hashtags: 'itsnotokay; #CSE', accounts: 'www.facebook.com/notokayGM' }),
    { hashtags: ['#itsnotokay', '#CSE'], accounts: ['https://www.facebook.com/notokayGM'], strapline: '', area: '' })
})

t.test('districts are told apart by semicolons, and spaces around them do not count', async t => {
  t.strictSame(newCampaign.parse({ ...campaign, districts: ' Cumberland;; Westmorland and Furness ;' }).districts,
    ['Cumberland', 'Westmorland and Furness'])
})

t.test('an address of staff is in small letters', async t => {
  t.equal(newStaffMember.parse({ ...member, email: ' Anne@Council.EXAMPLE ' }).email, 'anne@council.example')
})

t.test('a week of action that is told only its first day lasts seven', async t => {
  t.match(newCampaign.parse({ ...week, 'last-day': undefined }), { firstDay: '2026-12-01', lastDay: '2026-12-07' })
  t.match(newCampaign.parse({ ...campaign, kind: 'week-of-action' }), { firstDay: undefined, lastDay: undefined })
})
