import type { Page } from 'playwright-core'

interface AxNode {
  nodeId: string
  ignored: boolean
  role?: { value?: string }
  name?: { value?: string }
  description?: { value?: string }
  properties?: Array<{ name: string, value: { value?: unknown } }>
  childIds?: string[]
}

/** Read as one: what they contain is their name. */
const whole = ['heading', 'link', 'button', 'textbox', 'radio', 'checkbox', 'combobox', 'StaticText', 'image']

/** Said when one comes to them. */
const places = ['banner', 'navigation', 'main', 'contentinfo', 'region', 'alert', 'group', 'radiogroup', 'form']

/**
 * What a screen reader comes to on the page that is open, in its order, from Chromium's accessibility tree: a line for
 * each, with its role, name and description (hint and error), and whether it is in error.
 */
export async function readingOrder (page: Page): Promise<string> {
  const devTools = await page.context().newCDPSession(page)
  const { nodes } = await devTools.send('Accessibility.getFullAXTree') as { nodes: AxNode[] }
  await devTools.detach()
  const byId = new Map(nodes.map(node => [node.nodeId, node]))
  const lines: string[] = []
  const read = (node: AxNode, depth: number) => {
    const { ignored, childIds = [] } = node
    const role = node.role?.value ?? ''
    const isWhole = !ignored && whole.includes(role)
    const isPlace = !ignored && places.includes(role)
    if (isWhole || isPlace) lines.push('  '.repeat(depth) + said(role, node))
    if (isWhole) return
    for (const id of childIds) {
      const child = byId.get(id)
      if (child !== undefined) read(child, depth + (isPlace ? 1 : 0))
    }
  }
  const [root] = nodes
  if (root !== undefined) read(root, 0)
  return `${await page.title()}\n${lines.join('\n')}\n`
}

function said (role: string, { name, description, properties = [] }: AxNode): string {
  const of = Object.fromEntries(properties.map(({ name, value }) => [name, value.value]))
  const words = (name?.value ?? '').replaceAll(/\s+/g, ' ').trim()
  if (role === 'StaticText') return words
  return [
    role === 'heading' ? `heading ${String(of.level)}:` : `${role}:`, words,
    ...description?.value ? [`(${description.value.replaceAll(/\s+/g, ' ').trim()})`] : [],
    ...of.invalid === 'true' ? ['in error'] : []
  ].join(' ').trim()
}
