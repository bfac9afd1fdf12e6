// Saves each attendance tick, and each number of people, as it is made. Without this script the button below the list
// does.

const form = document.querySelector('#form')
const said = document.querySelector('#saved')
const busy = new Set()

const radiosOf = (name, page = form) => page.querySelectorAll(`input[name="${name}"]`)
const chosen = (name, page = form) => page.querySelector(`input[name="${name}"]:checked`)
const countOf = (name, page = form) => page.querySelector(`select[name="${name}-came"]`)
const isChanged = field => field !== null && field.value.split('-')[0] !== field.value.split('-')[1]
const isToSave = name => isChanged(chosen(name)) || isChanged(countOf(name))

async function save (name) {
  if (busy.has(name)) return
  busy.add(name)
  said.textContent = 'Saving…'
  try {
    // A choice that changes while one is being saved is sent once that is done.
    while (isToSave(name)) {
      const radio = chosen(name).value
      const count = countOf(name)?.value
      const answer = await send([[name, radio], ...count === undefined ? [] : [[`${name}-came`, count]]])
      if (answer?.status !== 204) return await explain(answer)
      const [shown, wanted] = radio.split('-')
      // Whoever counts people says that they came: see attendance.ts.
      const isCounted = count !== undefined && count.split('-')[0] !== count.split('-')[1]
      const stands = isCounted && shown === wanted && wanted === 'unknown' ? 'yes' : wanted
      const isAsSent = chosen(name).value === radio
      noteShown(name, stands)
      if (isAsSent) choose(name, `${stands}-${stands}`)
      noteCount(name, stands === 'yes' ? count?.split('-')[1] : 'unknown')
    }
    said.textContent = 'Saved'
  } finally {
    busy.delete(name)
  }
}

async function send (fields) {
  return await fetch(form.action, {
    method: 'POST', headers: { prefer: 'return=minimal' }, body: new URLSearchParams(fields)
  }).catch(() => undefined)
}

function noteShown (name, shown) {
  for (const radio of radiosOf(name)) radio.value = `${shown}-${radio.value.split('-')[1]}`
}

// How many came is as it was sent, unless someone has chosen another number since; nobody who did not come is counted.
function noteCount (name, shown) {
  const select = countOf(name)
  if (select === null || shown === undefined) return
  for (const option of select.options) option.value = `${shown}-${option.value.split('-')[1]}`
  if (chosen(name).value.split('-')[1] !== 'yes') select.value = `${shown}-${shown}`
}

function choose (name, value) {
  const radio = form.querySelector(`input[name="${name}"][value="${value}"]`)
  if (radio !== null) radio.checked = true
}

// What someone else recorded at the same time stays: the person is shown in their current state, with the reason.
async function explain (answer) {
  if (answer?.status === 409) {
    const page = new window.DOMParser().parseFromString(await answer.text(), 'text/html')
    const sentence = page.querySelector('.govuk-error-summary li')?.textContent.trim()
    for (const radio of page.querySelectorAll('#form input[type=radio]:checked')) {
      if (chosen(radio.name) !== null && !isToSave(radio.name)) showAs(radio.name, page)
    }
    const name = page.querySelector('.govuk-error-summary li a')?.hash.replace('#guest-', '')
    if (name && chosen(name, page)) showAs(name, page)
    said.textContent = sentence ?? 'Not saved. Load this page again.'
  } else {
    said.textContent = answer?.redirected
      ? 'Not saved: you are signed out. Open this page in another tab, sign in, then press “Save who came” here.'
      : 'Not saved. Check your connection, then press “Save who came”.'
  }
}

function showAs (name, page) {
  const { value } = chosen(name, page)
  noteShown(name, value.split('-')[0])
  choose(name, value)
  const [here, there] = [countOf(name), countOf(name, page)]
  if (here === null || there === null) return
  for (const [n, option] of [...there.options].entries()) here.options[n].value = option.value
  here.value = there.value
}

form?.addEventListener('change', ({ target }) => {
  if (target.type === 'radio' || target.tagName === 'SELECT') void save(target.name.replace(/-came$/, ''))
})
