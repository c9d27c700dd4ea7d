import type { OutputChunk } from 'rollup'
import { importFromPeers, peerPath } from './peers.ts'
import type { Contestant } from './contestants.ts'

/** What an application would have written into its source. */
export type PageConfig = { issuer: string; clientId: string }

type Build = (input: string, config: string) => Promise<[OutputChunk, ...OutputChunk[]]>

/** The chunks of a contestant's page as its visitors get them, the entry first. */
export async function buildPage(contestant: Contestant, config: PageConfig): ReturnType<Build> {
  const { buildPage: build } = await importFromPeers<{ buildPage: Build }>('build-page.js')
  const source = `export const issuer = ${JSON.stringify(config.issuer)}
    export const clientId = ${JSON.stringify(config.clientId)}
    export const redirectUri = location.origin + '/'`
  return build(peerPath(`pages/${contestant.page}`), source)
}
