import type { AuthSource } from '../auth-source.ts'
import { part } from '../dom.ts'

/** Shows what the page can tell of itself for a bug report. */
export async function showReport({ auth }: AuthSource): Promise<string> {
  const text = JSON.stringify(await auth.explain?.(), null, 2)
  part('report').textContent = text
  part('report').hidden = false
  return text
}

/** Puts the report onto the clipboard; where that is not allowed, marks it to be copied by hand. */
export async function copyReport(source: AuthSource): Promise<void> {
  const text = await showReport(source)
  try {
    await navigator.clipboard.writeText(text)
    part('copied').textContent = 'Copied.'
  } catch {
    getSelection()?.selectAllChildren(part('report'))
    part('copied').textContent = 'It is marked: press Ctrl C or ⌘ C.'
  }
}
