import type { DateTime } from 'luxon'
import { oneLine } from '../../platform/one-line.ts'
import { tagOf } from '../../platform/http/tagged.ts'
import type { Activity } from '../activities/activity.ts'
import { bookability } from '../activities/booking-window.ts'
import { outwardTitle } from '../activities/outward-title.ts'
import { factsOf } from '../activities/page.ts'
import type { OfferedActivity } from '../activities/queries.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { excerptOf } from './excerpt.ts'
import { outwardTitleOf, pictureOfActivity, pictureOfCampaign, pictureSize } from './picture.ts'
import type { Picture } from './picture.ts'
import { scriptJson } from './script-json.ts'
import { shareLinksOf } from './share-links.ts'
import { eventOf, seriesOf } from './structured-data.ts'

/** What a public page tells other programs, and how it is passed on (templates/programme/sharing). */
export type Sharing = ReturnType<typeof sharingOf>

/** Makes what the pages of the programme show for sharing, at the address that people see. */
export function sharing (publicUrl: string) {
  return {
    ofActivity (activity: OfferedActivity, now: DateTime<true>) {
      const { when, where } = factsOf(activity)
      const url = `${publicUrl}/activities/${activity.slug}`
      const picture = pictureOfActivity(activity)
      const state = bookability(activity, now)
      const facts = [state === 'cancelled' ? 'Cancelled.' : undefined, `${when}.`, where && `${oneLine(where)}.`]
      return sharingOf({
        url,
        title: outwardTitle(activity),
        isDiscreet: activity.campaign.discreet,
        facts: facts.filter(fact => fact !== undefined).join(' '),
        text: activity.summary,
        picture,
        structured: eventOf(activity, { publicUrl, picture: pictureAddress(url, picture) }, now),
        isToCome: state !== 'cancelled' && state !== 'over'
      })
    },

    /** Of a campaign with the activities that come `next`; whether anything is to come that was not cancelled. */
    ofCampaign (campaign: Campaign, { next, isToCome }: { next: readonly Activity[], isToCome: boolean }) {
      const url = `${publicUrl}/campaigns/${campaign.slug}`
      const picture = pictureOfCampaign(campaign)
      const shared = sharingOf({
        url,
        title: oneLine(outwardTitleOf(campaign)),
        isDiscreet: campaign.discreet,
        facts: picture.lines.map(line => `${line}.`).join(' '),
        text: campaign.summary,
        picture,
        structured: seriesOf(campaign, next, { publicUrl, picture: pictureAddress(url, picture) }),
        isToCome
      })
      return { ...shared, badgeHref: `/campaigns/${campaign.slug}/badge` }
    }
  }
}

interface Shareable {
  url: string
  title: string
  isDiscreet: boolean
  /** What stands before the text. */
  facts: string
  text: string
  picture: Picture
  structured: object
  isToCome: boolean
}

function sharingOf ({ url, title, isDiscreet, facts, text, picture, structured, isToCome }: Shareable) {
  const description = [facts, isDiscreet ? '' : excerptOf(text, 200)].filter(part => part !== '').join(' ')
  return {
    url,
    title,
    description,
    picture: {
      url: pictureAddress(url, picture),
      ...pictureSize,
      words: [picture.title, ...picture.lines].map(oneLine).join('. ')
    },
    structured: scriptJson(structured),
    isDiscreet,
    // Nobody is invited to what is over.
    share: isToCome
      ? {
          links: shareLinksOf({ title, words: `${title}. ${facts}`, url }),
          posterHref: `${new URL(url).pathname}/poster.pdf`,
          qrCodeHref: `${new URL(url).pathname}/qr-code.svg`
        }
      : undefined
  }
}

/** Changes with what stands in the picture: social networks keep what they have once fetched. */
function pictureAddress (url: string, picture: Picture): string {
  return `${url}/picture.png?v=${tagOf(JSON.stringify(picture)).slice(1, 9)}`
}
