// Everything works without these: they only make it quicker to leave, easier to find an error, harder to
// press twice, and unnecessary to ask again how far something has come.
import { Button, ErrorSummary, ExitThisPage, SkipLink, createAll } from './govuk-frontend.min.js'

createAll(Button)
createAll(ErrorSummary)
createAll(ExitThisPage)
createAll(SkipLink)

// What is on its way is looked at again, for ten minutes: a page that was left open asks no more.
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
