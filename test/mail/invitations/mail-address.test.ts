import t from 'tap'
import { deliveryAddress, senderAddress } from '../../../src/mail/invitations/mail-address.ts'
import { organizerOf, organizerText } from '../../../src/mail/invitations/organizer.ts'

t.test('emails and calendars carry an address as it was typed', async t => {
  for (const typed of ['Anne.Kirkbride@Example.ORG', "o'neil+x%y@example.org", 'ünne@bücher.example', '.a..b.@example.org']) {
    t.equal(deliveryAddress(typed), typed)
  }
  t.equal(deliveryAddress('Anne@Bücher.example'), 'Anne@xn--bcher-kva.example', 'every mail server takes this')
})

t.test('invitations keep the sender of the first, even when emails have another by now', async t => {
  const now = { name: 'Somebody else', address: 'else@example.org' }

  for (const first of [
    { name: 'Online workshops', address: 'workshops@example.org' },
    { name: 'Cumbria, Workshops & Co', address: 'o.k@example.org' },
    { name: '', address: 'workshops@example.org' }
  ]) t.strictSame(organizerOf({ icalOrganizer: organizerText(first) }, now), first)
  t.strictSame(organizerOf({ icalOrganizer: undefined }, now), now)
  t.equal(organizerOf({ icalOrganizer: undefined }, { name: '', address: 'A@Example.ORG' }).address, 'A@example.org')
  t.equal(senderAddress('A@Bücher.example'), 'A@xn--bcher-kva.example')
})
