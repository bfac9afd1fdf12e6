import t from 'tap'
import { refusesWrongForms } from '../../support/wrong-forms.ts'

t.test('whatever is sent to a form about an activity, it says what is the matter and changes nothing', async t => {
  await refusesWrongForms(t, url => url.startsWith('/staff/activities/'))
})
