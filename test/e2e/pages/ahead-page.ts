import type { TestedPage } from './lifecycle-page.ts'

/** Begins a login without leaving the page, has the page of its answer rendered ahead of time, and goes there at the test's word. */
const { page } = globalThis as unknown as { page: TestedPage }
await page.started
const request = await new Promise<string>((resolve) => {
  const authorize = (url: string): Promise<undefined> => {
    resolve(url)
    return new Promise(() => undefined)
  }
  void page.logIn({ userAgent: { authorize, endSession: async () => undefined } })
})
const answer = await (await fetch(`/sign-in?url=${encodeURIComponent(request)}`)).text()
const rules = Object.assign(document.createElement('script'), { type: 'speculationrules' })
rules.textContent = JSON.stringify({ prerender: [{ urls: [answer] }] })
document.head.append(rules)
await fetch('/word')
location.href = answer
