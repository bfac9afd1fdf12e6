/** Says how many wait: `1 booking waits`. */
export function bookingsWait (waitingBookings: number): string {
  return waitingBookings === 1 ? '1 booking waits' : `${waitingBookings} bookings wait`
}

/** A number of places: `1 place`, `2 places`. */
export function placesInWords (places: number): string {
  return places === 1 ? '1 place' : `${places} places`
}

/** A number of people: `1 person`, `1,200 people`. */
export function peopleInWords (people: number): string {
  return people === 1 ? '1 person' : `${people.toLocaleString('en-GB')} people`
}
