import { readFileSync } from 'node:fs'
import { buildPage, type PageConfig } from '../build-page.ts'
import type { Contestant } from '../contestants.ts'

/** What a contestant's page exports; the rig puts it on the page's global object. */
export type PageModule = {
  start: () => Promise<unknown>
  login: () => Promise<unknown>
  getAccessToken: () => Promise<string>
}

declare global {
  var page: PageModule
  var started: Promise<unknown>
  /** Milliseconds of the page's own clock: its document was there, its scripts had run, its `start()` was done. */
  var marks: { document: number; imported: number; started: number }
}

/** The files of a contestant's page by their paths, as text. */
export type PageFiles = ReadonlyMap<string, string>

/** Builds a contestant's page and what it loads, at `/`. */
export async function buildFiles(contestant: Contestant, config: PageConfig): Promise<PageFiles> {
  const chunks = await buildPage(contestant, config)
  return new Map([
    ['/', html(chunks[0].fileName)],
    ...chunks.map(({ fileName, code }) => [`/${fileName}`, code] as const),
    ...(contestant.worker ? [['/worker.js', readFileSync(contestant.worker, 'utf8')] as const] : []),
  ])
}

/** Answers for a file, or with 404. `before` is put in front of whatever runs by itself: the page, and a worker. */
export function serveFile(files: PageFiles | undefined, path: string, before = ''): Response {
  const body = files?.get(path)
  if (body === undefined) return new Response('', { status: 404 })
  const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
  const [page, script] = [`<!doctype html><script>${before}</script>${body}`, `${before}\n${body}`]
  const text = path === '/' ? page : path === '/worker.js' ? script : body
  return new Response(text, { headers: { 'content-type': type } })
}

function html(entry: string): string {
  return `<title>bench</title><link rel="icon" href="data:,"><script>
    globalThis.marks = { document: performance.now() }
  </script><script type="module">
    import * as page from './${entry}'
    marks.imported = performance.now()
    globalThis.page = page
    globalThis.started = (async () => {
      await page.start()
      marks.started = performance.now()
    })()
  </script>`
}
