import { readFileSync, writeFileSync } from 'node:fs'

/** The block of the README that needs Expo is compiled here, where Expo is. */
const readme = readFileSync(new URL('../../packages/mobile/README.md', import.meta.url), 'utf8')
const [, code] = /^```typescript\n([\s\S]*?)^```/m.exec(readme) ?? []
if (!code) throw new Error('The README has no block for Expo.')
writeFileSync(new URL('readme-block.ts', import.meta.url), code)
