import type { Auth } from '@oauth-concierge/browser'
import type { JSHandle, Page } from 'playwright-core'

/** The session that is on screen: the module that the page itself has loaded. As text, because the import is the page's own. */
export const sessionOf = (page: Page): Promise<JSHandle<Auth>> =>
  page.evaluateHandle<Auth>(`import('/auth.js').then(({ auth }) => auth)`)

/** The page's access token, as its own code could read it. */
export async function readAccessToken(page: Page): Promise<string> {
  return (await sessionOf(page)).evaluate((auth) => auth.getAccessToken())
}

/** Calls an address several times at once through the page's session; gives the statuses. */
export async function fetchAtOnce(page: Page, url: string, times: number): Promise<number[]> {
  const call = async (auth: Auth, { url, times }: { url: string; times: number }): Promise<number[]> => {
    const responses = await Promise.all(Array.from({ length: times }, () => auth.fetch(url)))
    return responses.map(({ status }) => status)
  }
  return (await sessionOf(page)).evaluate(call, { url, times })
}

/** The code of what is thrown when the page calls an address through its session; undefined where nothing is. */
export async function codeOfFetch(page: Page, url: string): Promise<string | undefined> {
  const call = (auth: Auth, url: string): Promise<string | undefined> =>
    auth.fetch(url).then(
      () => undefined,
      (error: { code: string }) => error.code,
    )
  return (await sessionOf(page)).evaluate(call, url)
}
