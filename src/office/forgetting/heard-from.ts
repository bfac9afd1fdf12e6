/** Ways in which people hear of what is offered; a typed answer is counted as one of them. */
export type Channel =
  'school or nursery' | 'social media' | 'poster or leaflet' | 'family or friends' | 'email or newsletter' |
  'website or search' | 'health or social care' | 'police' | 'council' | 'charity or faith group' | 'work' | 'other' |
  'not said'

/** The first match counts: `Facebook page of our school` is a school. */
const words: Array<[Channel, RegExp]> = [
  ['school or nursery', /school|nurser|teacher|headteacher|college|parent ?mail|class ?dojo|pta\b/],
  ['police', /police|pcso|officer/],
  ['health or social care', /\bgps?\b|doctor|surgery|nurse|health|nhs|hospital|social work|family hub|midwi|camhs/],
  ['council', /council|local authority|\bhub\b|librar/],
  ['charity or faith group', /nspcc|charit|church|mosque|synagogue|temple|barnardo|scouts|guides|youth (?:club|group|work)/],
  ['social media', /facebook|\bfb\b|instagram|\binsta\b|twitter|\bx\b|tik ?tok|whats ?app|linked ?in|snapchat|youtube|nextdoor|social media/],
  ['poster or leaflet', /poster|leaflet|flyer|flier|banner|notice|magazine|newspaper|radio|\btv\b|television/],
  ['email or newsletter', /e-?mail|newsletter|mailing/],
  ['website or search', /web ?site|google|bing|search|internet|online/],
  ['family or friends', /friend|mate\b|mum|mother|dad|father|sister|brother|family|relative|partner|wife|husband|neighbour|word of mouth|someone i know/],
  ['work', /work|colleague|employer|manager|training/]
]

/** The channel as which an answer is counted: a typed answer may name people, and is not kept. */
export function channelOf (typed: string | undefined): Channel {
  if (typed === undefined || typed.trim() === '') return 'not said'
  const text = typed.normalize('NFKC').toLowerCase()
  return words.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other'
}
