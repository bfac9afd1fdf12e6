// Chooses everyone on the page without loading it again, and says how many are chosen. Without this script the link
// loads the page with everyone chosen.

const form = document.querySelector('#chosen')
const link = form?.querySelector('[data-choose]')
const boxes = form === null ? [] : [...form.querySelectorAll('input[name="booking"]')]

function count () {
  const chosen = boxes.filter(({ checked }) => checked).length
  const areAll = chosen === boxes.length
  form.querySelector('#how-many').textContent = chosen === 0 ? '' : ` (${chosen})`
  link.textContent = areAll ? 'Choose nobody' : 'Choose everyone on this page'
  link.dataset.choose = areAll ? 'none' : 'all'
}

if (link !== null && link !== undefined) {
  form.addEventListener('change', count)
  link.addEventListener('click', event => {
    event.preventDefault()
    const isChosen = link.dataset.choose === 'all'
    for (const box of boxes) box.checked = isChosen
    count()
  })
  // Browsers tick the boxes again when someone comes back.
  window.addEventListener('pageshow', count)
}
