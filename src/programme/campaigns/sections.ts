/** The pages of a campaign for staff, beneath its address. */
const sections = [
  { text: 'Texts', at: '' },
  { text: 'Key messages', at: '/key-messages' },
  { text: 'Advice', at: '/advice' },
  { text: 'Press', at: '/press' },
  { text: 'Kind and dates', at: '/basics' },
  { text: 'Year', at: '/cycle' },
  { text: 'Numbers', at: '/outcomes' },
  { text: 'Questions afterwards', at: '/questions-afterwards' },
  { text: 'Areas', at: '/areas' },
  { text: 'Who approves', at: '/approval' },
  { text: 'Taking part', at: '/entry-form' }
] as const

/** The sub-navigation of a campaign, on the page whose address ends so. */
export function campaignSections (slug: string, current: typeof sections[number]['at']) {
  return sections.map(({ text, at }) =>
    ({ text, href: `/staff/campaigns/${slug}${at}`, current: at === current ? 'page' : undefined }))
}
