import { paragraphsOf } from '../../platform/marked-text.ts'
import { callOf } from '../support/contact.ts'
import { accountOf, hashtagOf } from './accounts.ts'
import { audiences, audiencesInWords } from './audiences.ts'
import type { Campaign } from './campaign.ts'
import type { KeyMessages } from './key-messages.ts'

/** What a campaign says of itself, to everyone. `partners` are the agencies that people may know take part. */
export function aboutOf (campaign: Campaign, partners: readonly string[], messages: KeyMessages) {
  const { strapline, partnership, area, districts, hashtags, accounts } = campaign
  const { pressContact, pressEmail, pressPhone, pressNote } = campaign.press
  const isForPress = [pressContact, pressEmail, pressPhone, pressNote].some(text => text !== '')
  return {
    strapline,
    partnership,
    where: [area, districts.join(', ')].filter(text => text !== '').join(': '),
    partners: partners.length === 0 ? undefined : new Intl.ListFormat('en-GB').format(partners),
    hashtags: hashtags.map(hashtag => hashtagOf(hashtag, accounts)),
    accounts: accounts.map(accountOf),
    messages: audiences.map(audience => ({ whom: audiencesInWords[audience], texts: messages[audience] }))
      .filter(({ texts }) => texts.length > 0),
    press: isForPress
      ? {
          contact: pressContact,
          email: pressEmail,
          call: callOf(pressPhone === '' ? undefined : pressPhone),
          note: paragraphsOf(pressNote)
        }
      : undefined
  }
}
