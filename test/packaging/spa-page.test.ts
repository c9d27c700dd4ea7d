import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { mainPage, relayPage } from './budgets.ts'

const packages = fileURLToPath(new URL('../../packages', import.meta.url))

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
    const page = await bundle(mainPage.program)
    expect(foreignWords.filter((word) => page.text.includes(word))).toEqual([])
    expect(page.files.filter((file) => file.includes('/legacy/'))).toEqual([])
    expect(page.files.filter((file) => /grant|poll|habits|token-client|login-request/.test(file))).toEqual([])
  })

  it('carries nothing of the token stores that it does not name', async () => {
    const { files } = await bundle(mainPage.program)
    expect(files.filter((file) => storeFiles.test(file))).toEqual([])
  })

  it('would be found out: all of these words are in the whole', async () => {
    const { text, files } = await bundle(everything)
    expect(foreignWords.filter((word) => !text.includes(word))).toEqual([])
    expect(files.some((file) => file.includes('/legacy/'))).toBe(true)
    expect(files.some((file) => storeFiles.test(file))).toBe(true)
  })
})

const agentFiles = /popup|iframe|until-left|hear-answer|own-address|silent|relay|diagnose/

describe('what a page pays for a login beside it', () => {
  it('is nothing where it imports none', async () => {
    expect((await bundle(mainPage.program)).files.filter((file) => agentFiles.test(file))).toEqual([])
    expect((await bundle(everything)).files.some((file) => agentFiles.test(file))).toBe(true)
  })

  it('is a page of one file where the answers come to', async () => {
    const { files } = await bundle(relayPage.program)
    expect(files.filter((file) => file.includes('/src/'))).toEqual([
      expect.stringContaining('/relay-callback.ts'),
    ])
  })
})
