import { describe, expect, it } from 'vitest'
import { bffPage, mainPage } from './budgets.ts'
import { buildPage } from './build-page.ts'

/** What only code that has to do with tokens says. */
const tokenWords = [
  'access_token',
  'refresh_token',
  'id_token',
  'code_verifier',
  'code_challenge',
  'grant_type',
  'token_endpoint',
  'client_id',
  'Bearer',
  'crypto.subtle',
]

describe('the page of a BFF', () => {
  it('has no line of the code that deals with tokens', async () => {
    const { code, lazyCode, files } = await buildPage(bffPage.program)
    expect(lazyCode).toBe('')
    expect(tokenWords.filter((word) => code.includes(word))).toEqual([])
    expect(
      files.filter((file) => /oauth4webapi|\/core\/dist\/(protocol|relying-party)\//.test(file)),
    ).toEqual([])
  })

  it('would be found out: each of these words is in a page that holds tokens itself', async () => {
    const { code } = await buildPage(mainPage.program)
    expect(tokenWords.filter((word) => !code.includes(word))).toEqual([])
  })
})
