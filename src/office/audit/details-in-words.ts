/** `overBookingPercent` and `last_day` as words. */
function fieldInWords (field: string): string {
  const spaced = field.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[_-]/g, ' ').toLowerCase()
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** What fields of an action are called, where their own name says too little. */
const namesOfFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'attendance.changed': { attended: 'Noted', came: 'People who came', source: 'Known' },
  'attendance.imported': { from: 'Report', note: 'Where it is from', people: 'People in it', marked: 'Now noted as here' },
  'succession.done': {
    run: 'Activities with the new name', led: 'Activities led', kept: 'Earlier activities to look after', partners: 'Activities with part in them'
  },
  'walk-ins.changed': { walkIns: 'People without a booking', source: 'Known' }
}

const fromReport = { report: 'from the Teams report' }

/** What is kept as a code, in words. */
const codesInWords: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
  'attendance.changed': { attended: { yes: 'came', no: 'did not come', unknown: 'not recorded' }, source: fromReport },
  'attendance.imported': { from: { file: 'from a file', teams: 'fetched from Teams' } },
  'walk-ins.changed': { source: fromReport }
}

const isPair = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(one => typeof one === 'string')

/**
 * The details of an action, one line each. A pair under an action that changes something is what it changed from and
 * to; what stayed the same is left out. `names` has the names of ids.
 */
export function factsOf (action: string, details: unknown, names: ReadonlyMap<string, string>): string[] {
  const changes = /\.(?:(?:stock-)?changed|checked|moved|edited|chosen|suggested)$/.test(action)
  return Object.entries((details ?? {}) as Record<string, unknown>).flatMap(([field, value]) => {
    const name = namesOfFields[action]?.[field] ?? fieldInWords(field.replace(/Id$/, ''))
    if (changes && isPair(value)) {
      const [from, to] = value
      const codes = codesInWords[action]?.[field] ?? {}
      return from === to ? [] : [`${name}: from ${quoted(codes[from] ?? from)} to ${quoted(codes[to] ?? to)}`]
    }
    const said = codesInWords[action]?.[field]?.[String(value)]
    if (said !== undefined) return [`${name}: ${said}`]
    const text = Array.isArray(value) ? value.join(', ') : String(value)
    return [`${name}: ${names.get(text) ?? text}`]
  })
}

function quoted (text: string): string {
  return text === '' ? 'nothing' : `“${text}”`
}
