// Everything works without these: they only make it quicker to leave, easier to find an error, harder to press twice,
// and unnecessary to ask again how far something has come.
import { Button, ErrorSummary, ExitThisPage, SkipLink, createAll } from './govuk-frontend.min.js'

// The browser remembers a form that came back with mistakes as what was sent, and would offer to send it again when
// Back is pressed: leaving removes that too.
class Exit extends ExitThisPage {
  exitPage () {
    window.history.replaceState(null, '')
    super.exitPage()
  }
}

createAll(Button)
createAll(ErrorSummary)
createAll(Exit)
createAll(SkipLink)

// What is under way is checked again, for ten minutes: a page that was left open stops asking.
const pauseMs = 3000
let looks = 200

async function lookAgain () {
  const answer = await fetch(window.location.pathname).catch(() => undefined)
  if (answer === undefined || !answer.ok || answer.redirected) return
  const next = new window.DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#progress')
  if (next === null || next.dataset.follow === undefined) return window.location.reload()
  document.querySelector('#progress').replaceChildren(...next.childNodes)
  follow()
}

function follow () {
  if (document.querySelector('[data-follow]') !== null && looks-- > 0) setTimeout(lookAgain, pauseMs)
}

follow()
