// Saves each attendance tick as it is made. Without this script the button below the list does.

const form = document.querySelector('#form')
const said = document.querySelector('#saved')
const busy = new Set()

const chosen = name => form.querySelector(`input[name="${name}"]:checked`)
const isChanged = ({ value }) => value.split('-')[0] !== value.split('-')[1]

async function save (name) {
  if (busy.has(name)) return
  busy.add(name)
  said.textContent = 'Saving…'
  try {
    // A choice that changes while one is being saved is sent once that is done.
    for (let radio = chosen(name); isChanged(radio); radio = chosen(name)) {
      const { value } = radio
      const answer = await send(name, value)
      if (answer?.status !== 204) return await explain(answer)
      noteShown(name, value.split('-')[1])
    }
    said.textContent = 'Saved'
  } finally {
    busy.delete(name)
  }
}

async function send (name, value) {
  return await fetch(form.action, {
    method: 'POST', headers: { prefer: 'return=minimal' }, body: new URLSearchParams([[name, value]])
  }).catch(() => undefined)
}

function noteShown (name, shown) {
  for (const radio of form.querySelectorAll(`input[name="${name}"]`)) {
    radio.value = `${shown}-${radio.value.split('-')[1]}`
  }
}

// What someone else recorded at the same time stays: the person is shown in their current state, with the reason.
async function explain (answer) {
  if (answer?.status === 409) {
    const page = new window.DOMParser().parseFromString(await answer.text(), 'text/html')
    const sentence = page.querySelector('.govuk-error-summary li')?.textContent.trim()
    for (const radio of page.querySelectorAll('#form input[type=radio]:checked')) {
      const here = form.querySelector(`input[name="${radio.name}"]:checked`)
      if (here !== null && !isChanged(here)) showAs(radio)
    }
    const name = page.querySelector('.govuk-error-summary li a')?.hash.replace('#guest-', '')
    const checked = name && page.querySelector(`#form input[name="${name}"]:checked`)
    if (checked) showAs(checked)
    said.textContent = sentence ?? 'Not saved. Load this page again.'
  } else {
    said.textContent = answer?.redirected
      ? 'Not saved: you are signed out. Open this page in another tab, sign in, then press “Save who came” here.'
      : 'Not saved. Check your connection, then press “Save who came”.'
  }
}

function showAs ({ name, value }) {
  const [stands] = value.split('-')
  noteShown(name, stands)
  const radio = form.querySelector(`input[name="${name}"][value="${value}"]`)
  if (radio !== null) radio.checked = true
}

form?.addEventListener('change', ({ target }) => { if (target.type === 'radio') void save(target.name) })
