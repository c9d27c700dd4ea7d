const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

const unescapeHtml = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (name) => entities[name] ?? name)

/** The form of a `form_post` page as a URL: its action, with the fields as query. Undefined for other pages. */
export function readFormPost(page: string): string | undefined {
  const action = /<form method="post" action="([^"]*)">/.exec(page)?.[1]
  if (action === undefined) return undefined
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  const url = new URL(unescapeHtml(action))
  for (const [, name = '', value = ''] of fields)
    url.searchParams.append(unescapeHtml(name), unescapeHtml(value))
  return url.href
}
