import { brotliCompressSync } from 'node:zlib'
import { buildPage } from '../build-page.ts'
import { ours } from '../contestants.ts'
import { integer, type Table } from '../table.ts'

const config = { issuer: 'https://id.example.com', clientId: 'app' }

const pages = [
  { name: '@oauth-concierge/core alone', page: 'core.js' },
  ours,
  { name: '@oauth-concierge/mobile, Capacitor', page: 'mobile-capacitor.js' },
  { name: '@oauth-concierge/mobile, Expo', page: 'mobile-expo.js' },
  { name: '@oauth-concierge/mobile, web', page: 'mobile-web.js' },
]

/** Bytes of an app's JavaScript with login, callback, access token and logout, and what that is more than a page or the core alone. */
export async function mobile(): Promise<Table[]> {
  const sizes: { name: string; min: number; brotli: number }[] = []
  for (const page of pages) {
    const code = (await buildPage(page, config)).map((chunk) => chunk.code).join('')
    sizes.push({ name: page.name, min: Buffer.byteLength(code), brotli: brotliCompressSync(code).length })
  }
  const [core = 0, browser = 0] = sizes.map(({ brotli }) => brotli)
  return [
    {
      title:
        'Bundle of an app in a shell: login + callback + getAccessToken + logout, rollup + terser, bytes',
      columns: ['app', 'min', 'brotli -11', 'more than core', 'more than browser'],
      rows: sizes.map(({ name, min, brotli }) => [
        name,
        integer(min),
        integer(brotli),
        integer(brotli - core),
        integer(brotli - browser),
      ]),
      notes: [
        'The plugins are not counted: the app hands them in. From a deep link to an authenticated snapshot it takes 3 reads and 2 writes of the storage, 1 token request and, for the first ID token of a process, 1 request for the keys; `test/contract/mobile/links.test.ts` counts them.',
      ],
    },
  ]
}
