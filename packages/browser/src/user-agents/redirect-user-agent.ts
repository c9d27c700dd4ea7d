import type { UserAgent } from '@oauth-concierge/core'

/**
 * The page itself: it goes to the authorization server and comes back as a new page. What is here settles only where the user comes back to
 * this very page by the back button, without an answer.
 */
export const redirectUserAgent: UserAgent = {
  authorize: leaveFor,
  endSession: (endpoint, parameters) => {
    submitForm(endpoint, parameters)
    return untilRestored()
  },
}

/** Goes to an address. Settles only where the user comes back to this very page by the back button. */
export function leaveFor(url: string): Promise<undefined> {
  window.location.assign(url)
  return untilRestored()
}

function untilRestored(): Promise<undefined> {
  return new Promise((resolve) => {
    const restored = ({ persisted }: PageTransitionEvent): void => {
      if (!persisted) return
      window.removeEventListener('pageshow', restored)
      resolve(undefined)
    }
    window.addEventListener('pageshow', restored)
  })
}

/** A form POST, so that the ID token hint is in no URL, history or Referer. */
export function submitForm(action: string, parameters: Readonly<Record<string, string>>): void {
  const form = Object.assign(document.createElement('form'), { method: 'post', action, hidden: true })
  for (const [name, value] of Object.entries(parameters)) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
  }
  document.body.append(form)
  form.submit()
  form.remove()
}
