import t from 'tap'
import { attendanceInWords } from '../../../src/booking/attendees/attendance-in-words.ts'

t.test('how long someone was there is said only where nobody noted that they did not come', async t => {
  const booking = { camePlaces: undefined, places: 1, minutesAtLeast: 20, attendanceSource: undefined }

  t.match(attendanceInWords({ ...booking, attended: true }), '20 to 29 minutes')
  t.match(attendanceInWords({ ...booking, attended: undefined }), '20 to 29 minutes')
  t.notMatch(attendanceInWords({ ...booking, attended: false, attendanceSource: 'ticked' }), 'minutes')
})
