/** Turns what has a meaning in markup into text. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
<main>
${body}
</main>
</html>
`
}

const style =
  ':root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}' +
  'main{max-width:32rem;margin:15vh auto;padding:0 1.5rem}code{opacity:.7}'

/** Allows the style above; it is the same on every page, so a hash would say no more. */
export const stylePolicy = "style-src 'unsafe-inline'"

/** What to tell somebody whose login did not come to its end. Nothing of it comes from the authorization server. */
export function failedLoginPage(words: string, code: string, loginPath: string): string {
  return document(
    'Not logged in',
    `<h1>Not logged in</h1>
<p>${escape(words)}</p>
<p><a href="${escape(loginPath)}">Try again</a></p>
<p><code>${escape(code)}</code></p>`,
  )
}

const sendForm = 'document.forms[0].submit()'

/** Allows the page below to send its form, by the SHA-256 of its script. Where the server sends the browser from there is its own affair. */
export const formPolicy: string = `${stylePolicy}; script-src 'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='`

/** Takes the browser to `endpoint` by POST, so that no parameter stands in a URL. */
export function formPage(
  endpoint: string,
  parameters: readonly (readonly [name: string, value: string])[],
  title: string,
): string {
  const fields = parameters.map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  )
  return document(
    title,
    `<form method="post" action="${escape(endpoint)}">
${fields.join('\n')}
<p>${title} …</p>
<noscript><button>Continue</button></noscript>
</form>
<script>${sendForm}</script>`,
  )
}
