/** An id that everything has which a form can name. */
export const id = '6f1c6a0e-52b0-4a53-9f0e-3c1f6d1b7a11'

/** Districts of the campaign that everything is of. */
export const districts = ['Bolton', 'Bury', 'King’s Lynn']

/** The version of what everyone has read. */
export const version = '0123456789abcdef0123456789abcdef'

/** What may stand in any field. */
export const anything = ['Anne Kirkbride', '', 'Bring a pen.', 'Zażółć gęślą jaźń', '1', 'yes', id] as const

const days = ['2026-12-08', '8/12/2026', '2026-12-09'] as const
const numbers = ['1', '2', '20', '100'] as const
const times = ['18:00', '08:30'] as const
const nothing = [''] as const

/** What people type into a field of this name, or of a name that ends so where it begins with `_` or `-`. */
export const usual: ReadonlyArray<readonly [end: string, values: readonly string[]]> = [
  ['accounts', ['', 'https://www.facebook.com/notokayGM']],
  ['activities', [id]],
  ['activity', ['workshop', '']],
  ['address', ['', '1 Market Street, Kendal LA9 4TT', 'help@childline.org.uk']],
  ['agency', [id, 'agency', 'partnership']],
  ['another', ['']],
  ['another_date_at', numbers],
  ['answer', ['We have asked for captions.']],
  ['answer_1', ['About 20']],
  ['area', ['', 'Bury']],
  ['areas', ['', 'North: Bolton, Bury', `${id}:*`]],
  ['attended', ['yes']],
  ['audiences', ['parents', 'everyone']],
  ['body', ['Bring a pen.\n\nYours']],
  ['booking', [id]],
  ['by', ['campaign', '']],
  ['campaign', ['week', '']],
  ['capacity', numbers],
  ['change', ['5', '-3']],
  ['choices', ['One\nTwo', '']],
  ['choices_1', ['One\r\nTwo']], ['choices_2', nothing], ['choices_3', nothing], ['choices_4', nothing], ['choices_5', nothing],
  ['chosen', [`${id}.${id}`, `${id}.${version}`]],
  ['closes_on', ['2026-12-10', '']],
  ['code', ['K7PMW3QD', '123456', 'K7PM-W3QD-4R2X-Q7MD', '']],
  ['columns', ['reference']],
  ['confirmed', ['', 'abc.def']],
  ['date', ['2026-12-08', '8/12/2026']],
  ['daysUntilErasure', ['180', '0']],
  ['description', ['For adults.']],
  ['district', ['Bury', 'Bolton']],
  ['districts', ['Bolton\nBury', '']],
  ['edition', [version]],
  ['_email', ['', 'team@council.example']],
  ['email', ['anne@example.org', 'Anne.Kirkbride+x@Council.gov.uk']],
  ['pressEmail', ['press.office@council.gov.uk', '']],
  ['first-day', ['2026-12-07']],
  ['first_day', ['2026-12-07']],
  ['from', ['2026-Q1', '2026-12-07', '']],
  ['hashtags', ['', '#KeepSafe']],
  ['heading', ['What to bring']],
  ['heard_from', ['', 'School']],
  ['hours', ['24', '2']],
  ['hub', ['Cumberland Safeguarding Hub']],
  ['join_url', ['https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T', '']],
  ['label', ['', 'Week of action']],
  ['language', ['English']],
  ['last-day', ['2026-12-13']],
  ['last_day', ['2026-12-13']],
  ['link_1_url', ['https://www.childline.org.uk/', '']],
  ['link_1_title', ['Childline', '']],
  ['_url', nothing], ['_title', nothing], ['_about', nothing],
  ['most', numbers],
  ['name', ['Anne Kirkbride', 'Maria-José O’Neill', '安全']],
  ['number', ['0800 1111', '999']],
  ['_day', days],
  ['-day', days],
  ['day', days],
  ['_on', days],
  ['offer_hours', ['24', '168']],
  ['over_booking', ['0', '10']],
  ['phone', ['07700 900 982', '+44 1539 722722', '']],
  ['pressPhone', ['01204 337195', '']],
  ['places', ['1', '2']],
  ['position', numbers],
  ['q', ['', 'Anne', 'K7PMW-3QD4R']],
  ['rank', ['1', '3']],
  ['received', ['2026-11-20']],
  ['received_day', ['2026-11-20']],
  ['reference', ['C-1042', 'K7PMW-3QD4R']],
  ['resource', [id, '']],
  ['saw', [version]],
  ['shown', [`${id}.${version}`, `${id} unknown`]],
  ['slug', ['week-of-action']],
  ['stock', numbers],
  ['submission', [id]],
  ['text', ['Bring a pen.']],
  ['_time', times],
  ['-time', times],
  ['time', times],
  ['to', ['2026-Q4', '']],
  ['url', ['https://www.childline.org.uk/', '']],
  ['walk_ins', ['3', '']],
  ['wanted', [`${id}.${version}`]],
  ['warn_below', numbers],
  ['weekday', ['1', '7']],
  ['weeks', ['2', '10']],
  ['file', nothing]
]
