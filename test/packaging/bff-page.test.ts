import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { type OutputChunk, rollup } from 'rollup'
import { describe, expect, it } from 'vitest'

// Its types are of a CommonJS module, which it is not for Node.
const minify = terser as unknown as typeof terser.default

const page = (createAuth: string): string => `
  ${createAuth}
  await auth.start()
  if (auth.session.status !== 'authenticated') await auth.login()
  await auth.fetch('https://api.example.com/orders')
  await auth.logout()
`
const bffPage = page(`
  import { createBffAuth } from '@oauth-concierge/browser/bff'
  const auth = createBffAuth({ base: '/auth' })
`)
const spaPage = page(`
  import { createAuth } from '@oauth-concierge/browser'
  const auth = createAuth({ issuer: 'https://id.example.com', clientId: 'spa', apis: ['https://api.example.com'] })
`)

/** A page as its visitors get it, out of the built packages. */
async function build(program: string): Promise<OutputChunk> {
  const entry = fileURLToPath(new URL('page.js', import.meta.url))
  const bundle = await rollup({
    input: entry,
    plugins: [
      {
        name: 'page',
        load: (id) => (id === entry ? program : null),
        resolveId: (id) => (id === entry ? id : null),
      },
      nodeResolve({ browser: true }),
    ],
  })
  const { output } = await bundle.generate({
    format: 'es',
    inlineDynamicImports: true,
    plugins: [minify({ module: true, format: { comments: false } })],
  })
  await bundle.close()
  return output[0]
}

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

const budget = 2_000

describe('the page of a BFF', () => {
  it('has no line of the code that deals with tokens', async () => {
    const { code, modules } = await build(bffPage)
    expect(tokenWords.filter((word) => code.includes(word))).toEqual([])
    const kept = Object.keys(modules).filter((file) => (modules[file]?.renderedLength ?? 0) > 0)
    expect(kept.filter((file) => /oauth4webapi|\/core\/dist\/(protocol|relying-party)\//.test(file))).toEqual(
      [],
    )
  })

  it(`takes no more than ${budget} bytes`, async () => {
    const { code } = await build(bffPage)
    expect(brotliCompressSync(code).length).toBeLessThanOrEqual(budget)
  })

  it('would be found out: each of these words is in a page that holds tokens itself', async () => {
    const { code } = await build(spaPage)
    expect(tokenWords.filter((word) => !code.includes(word))).toEqual([])
  })
})
