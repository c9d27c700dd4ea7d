import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { root } from './tarballs.ts'

const folder = join(root, 'test/packaging/.readme-code')
// The architecture shows what is planned as well, so not all of its blocks can compile.
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync(['packages/*/README.md', 'docs/deploying-*.md'], { cwd: root }),
]

interface CodeBlock {
  readonly page: string
  readonly line: number
  readonly code: string
}

/** The `ts` blocks of a page. */
function readBlocks(page: string): readonly CodeBlock[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    code: match[1] ?? '',
  }))
}

const blocks = pages.flatMap(readBlocks)

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { page, line, code } of blocks) {
    writeFileSync(join(folder, `${page.replace(/[/.]/g, '-')}-line-${line}.ts`), `${code}\nexport {}\n`)
  }
  const config = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: { noEmit: true, types: ['node'], noUnusedLocals: false, noUnusedParameters: false },
    include: ['*.ts'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
})

it('the code blocks of the documentation compile', () => {
  expect(blocks.length).toBeGreaterThan(5)
  const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], {
    encoding: 'utf8',
  })
  expect(status, stdout).toBe(0)
})
