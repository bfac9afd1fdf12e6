import t from 'tap'
import { lineInWords, passedOver, whatComesNext } from '../../src/bookings/standing.ts'

t.test('where one stands is said in words, and beyond a thousand roughly', async t => {
  t.equal(lineInWords(1), 'You are next in line.')
  t.equal(lineInWords(2), 'There is 1 booking in line before yours.')
  t.equal(lineInWords(13), 'There are 12 bookings in line before yours.')
  t.equal(lineInWords(1001), 'There are at least 1,000 bookings in line before yours.')
})

t.test('a party that is larger than the free places is told why they pass it by', async t => {
  t.match(passedOver('automatic', 2, 4), /^2 places are free, and you asked for 4\. .*you keep your turn/)
  t.match(passedOver('automatic', 1, 2), /^1 place is free, and you asked for 2\. It goes to the next/)
  t.equal(passedOver('automatic', 0, 4), undefined, 'none is free')
  t.equal(passedOver('automatic', -1, 4), undefined, 'fewer than none are free')
  t.equal(passedOver('automatic', 4, 4), undefined, 'they are about to be served')
  t.equal(passedOver('by-hand', 2, 4), undefined, 'organisers pick, whoever is next')
})

t.test('what comes next is promised only as far as it will happen', async t => {
  t.match(whatComesNext('automatic', 1), 'If a place becomes free and it is your turn, it is yours')
  t.match(whatComesNext('automatic', 3), 'If enough places become free and it is your turn, they are yours')
  t.match(whatComesNext('by-hand', 1), 'the organisers decide who gets them')
})
