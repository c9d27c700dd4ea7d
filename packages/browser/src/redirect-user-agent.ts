import type { UserAgent } from '@oauth-concierge/core'

/** The page itself: it goes to the authorization server and comes back as a new page, so nothing here settles. */
export const redirectUserAgent: UserAgent = {
  authorize: (url) => {
    window.location.assign(url)
    return new Promise(() => undefined)
  },
  endSession: (endpoint, parameters) => {
    submitForm(endpoint, parameters)
    return new Promise(() => undefined)
  },
}

/** A form POST, so that the ID token hint is in no URL, history or Referer. */
function submitForm(action: string, parameters: Readonly<Record<string, string>>): void {
  const form = Object.assign(document.createElement('form'), { method: 'post', action, hidden: true })
  for (const [name, value] of Object.entries(parameters)) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
  }
  document.body.append(form)
  form.submit()
}
