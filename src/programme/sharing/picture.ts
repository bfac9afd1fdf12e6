import type { Coverage } from '../../platform/pdf/coverage.ts'
import { outwardTitle } from '../activities/outward-title.ts'
import { daysInWords, factsOf, kindInWords, runnerOf } from '../activities/page.ts'
import type { OfferedActivity } from '../activities/queries.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { setIn } from './set-in.ts'

/** What stands in the picture of a shared link (templates/programme/sharing/picture.typ). */
export interface Picture {
  /** What kind of thing it is, above its title. */
  kind: string
  title: string
  lines: string[]
  /** Whose it is. */
  of: string | undefined
  isCancelled: boolean
}

/** Width and height, as social networks want it. */
export const pictureSize = { width: 1200, height: 630 }

/** Of an activity: what stays true, so not how many places are left. Of a discreet one nothing that tells its topic. */
export function pictureOfActivity (activity: OfferedActivity): Picture {
  const { campaign } = activity
  const { when, where } = factsOf(activity)
  return {
    kind: campaign.discreet ? '' : kindInWords[activity.kind],
    title: outwardTitle(activity),
    lines: [when, ...where === undefined ? [] : [where]],
    // An agency may tell the topic too, and the discreet title names who runs it.
    of: campaign.discreet ? undefined : runnerOf(activity),
    isCancelled: activity.status === 'cancelled'
  }
}

export function pictureOfCampaign (campaign: Campaign): Picture {
  const days = daysInWords(campaign)
  return {
    kind: campaign.discreet ? '' : campaign.kind === 'week-of-action' ? 'Week of action' : 'Campaign',
    title: outwardTitleOf(campaign),
    lines: days === undefined ? [] : [days],
    of: campaign.discreet ? undefined : campaign.partnership,
    isCancelled: false
  }
}

/** The title of a campaign where others read it; see `outwardTitle`. */
export function outwardTitleOf ({ discreet, partnership, title }: Campaign): string {
  return discreet ? `What’s on – ${partnership}` : title
}

/** A picture with the letters that fonts have; its title is never empty. */
export function drawablePicture (picture: Picture, coverage: Coverage): Picture {
  const set = setIn(coverage)
  return {
    ...picture,
    title: set(picture.title) || picture.kind || 'What’s on',
    lines: picture.lines.map(set).filter(line => line !== ''),
    of: picture.of === undefined ? undefined : set(picture.of)
  }
}
