/** The element that plays a part in the page. */
export function part(name: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(`[data-part="${name}"]`)
  if (!element) throw new Error(`index.html has no part named ${name}.`)
  return element
}

/** Every element that fits the selector. */
export const all = (selector: string): Iterable<HTMLElement> =>
  document.querySelectorAll<HTMLElement>(selector)

/** Makes a copy of a template and writes each text into the element whose `data-slot` has its name. */
export function stamp(template: string, texts: Readonly<Record<string, string>>): HTMLElement {
  const source = document.querySelector<HTMLTemplateElement>(`template[data-template="${template}"]`)
  const copy = source?.content.firstElementChild?.cloneNode(true)
  if (!(copy instanceof HTMLElement)) throw new Error(`index.html has no template named ${template}.`)
  for (const [slot, text] of Object.entries(texts)) {
    const element = copy.querySelector<HTMLElement>(`[data-slot="${slot}"]`)
    if (!element) continue
    element.textContent = text
    element.dataset['value'] = text
  }
  return copy
}
