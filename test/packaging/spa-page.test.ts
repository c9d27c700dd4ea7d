import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const packages = fileURLToPath(new URL('../../packages', import.meta.url))

const spaPage = `
  import { createAuth } from '@oauth-concierge/browser'
  const auth = createAuth({ issuer: 'https://id.example.com', clientId: 'spa', apis: ['https://api.example.com'] })
  await auth.start()
  if (auth.session.status !== 'authenticated') await auth.login()
  await auth.fetch('https://api.example.com/orders')
  await auth.logout()
`
const everything = `
  export * from '@oauth-concierge/browser'
  export * from '@oauth-concierge/core'
  export * from '@oauth-concierge/core/legacy'
`

/** What a bundler keeps of a program: its text, and the files that have a part in it. */
async function bundle(
  program: string,
): Promise<{ readonly text: string; readonly files: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: packages, loader: 'ts' },
    alias: {
      '@oauth-concierge/browser/relay-callback': `${packages}/browser/src/relay-callback.ts`,
      '@oauth-concierge/browser': `${packages}/browser/src/index.ts`,
      '@oauth-concierge/core/legacy': `${packages}/core/src/legacy.ts`,
      '@oauth-concierge/core': `${packages}/core/src/index.ts`,
    },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    outdir: '.',
  })
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  )
  return { text: outputFiles.map(({ text }) => text).join('\n'), files }
}

/** Each is in the code of one thing that a page with a login by redirect has no use for. */
const foreignWords = [
  'grant-type:device_code',
  'grant-type:ciba',
  'grant-type:token-exchange',
  'grant-type:jwt-bearer',
  '"client_credentials"',
  'slow_down',
  'html_500',
  'unsafeAllowPasswordGrant',
  'unsafeAllowImplicitResponse',
  'unsafeAllowGat',
  'gat_endpoint',
  'require_password_change',
]

/** What a token store needs that somebody has to have chosen. */
const storeFiles = /stores\/(seal|encrypted|claim-tab|tab-store|unsafe-local|session-tokens|indexed-db-key)/

describe('a page with a login by redirect', () => {
  it('carries nothing of the grants without a redirect, of server habits and of what is legacy', async () => {
    const page = await bundle(spaPage)
    expect(foreignWords.filter((word) => page.text.includes(word))).toEqual([])
    expect(page.files.filter((file) => file.includes('/legacy/'))).toEqual([])
    expect(page.files.filter((file) => /grant|poll|habits|token-client|login-request/.test(file))).toEqual([])
  })

  it('carries nothing of the token stores that it does not name', async () => {
    const { files } = await bundle(spaPage)
    expect(files.filter((file) => storeFiles.test(file))).toEqual([])
  })

  it('would be found out: all of these words are in the whole', async () => {
    const { text, files } = await bundle(everything)
    expect(foreignWords.filter((word) => !text.includes(word))).toEqual([])
    expect(files.some((file) => file.includes('/legacy/'))).toBe(true)
    expect(files.some((file) => storeFiles.test(file))).toBe(true)
  })
})

/** What a page is made of whose `createAuth` is given more. */
const pageWith = (names: string, option: string, wrap = 'auth'): string =>
  spaPage
    .replace('{ createAuth }', `{ createAuth, ${names} }`)
    .replace("clientId: 'spa',", `clientId: 'spa', ${option}`)
    .replace('await auth.start()', `await ${wrap}.start()`)

/** Bytes as they are sent. */
const sizeOf = async (program: string): Promise<number> =>
  brotliCompressSync((await bundle(program)).text).length

const agentFiles = /popup|iframe|until-left|hear-answer|own-address|silent|relay|diagnose/

describe('what a page pays for a login beside it', () => {
  it('is nothing where it imports none', async () => {
    expect((await bundle(spaPage)).files.filter((file) => agentFiles.test(file))).toEqual([])
    expect((await bundle(everything)).files.some((file) => agentFiles.test(file))).toBe(true)
  })

  it.each([
    ['a window', pageWith('popup', "userAgent: popup({ redirectUri: '/relay.html' }),")],
    ['a silent frame', pageWith('iframe', "userAgent: iframe({ redirectUri: '/relay.html' }),")],
    [
      'a session that is looked for at the server, frame included',
      pageWith(
        'iframe, withSilentRestore',
        '',
        "withSilentRestore(auth, iframe({ redirectUri: '/relay.html' }))",
      ),
    ],
  ])('is at most 1,200 bytes for %s', async (_, program) => {
    expect((await sizeOf(program)) - (await sizeOf(spaPage))).toBeLessThanOrEqual(1_200)
  })

  it('is a page of at most 500 bytes of script where the answers come to', async () => {
    const program = `import { relayCallback } from '@oauth-concierge/browser/relay-callback'
      if (!(await relayCallback())) location.replace('/')`
    const { files } = await bundle(program)
    expect(files.filter((file) => file.includes('/src/'))).toEqual([
      expect.stringContaining('/relay-callback.ts'),
    ])
    expect(await sizeOf(program)).toBeLessThanOrEqual(500)
  })
})
