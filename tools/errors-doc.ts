import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const source = new URL('../packages/core/src/error-codes.ts', import.meta.url)
const target = new URL('../docs/errors.md', import.meta.url)
const curesTarget = new URL('../packages/cli/src/errors/cures.ts', import.meta.url)

/** A code, as `error-codes.ts` documents it. */
export interface DocumentedCode {
  readonly kind: string
  readonly code: string
  readonly meaning: string
  readonly cure: string
}

/** Reads the codes out of the interface: a class a block, a comment and a member a code. */
export function readErrorCodes(text: string = readFileSync(source, 'utf8')): readonly DocumentedCode[] {
  return [...text.matchAll(/^ {2}(\w+): \{\n([\s\S]*?)^ {2}\}/gm)].flatMap(([, kind = '', block = '']) =>
    [...block.matchAll(/\/\*\*([\s\S]*?)\*\/\s*(\w+): true/g)].map(([, comment = '', code = '']) => {
      const words = comment.replace(/\s*\n\s*\* ?/g, ' ').trim()
      const [meaning = '', cure = ''] = words.split(' Cure: ')
      return { kind, code, meaning, cure: cure.charAt(0).toUpperCase() + cure.slice(1) }
    }),
  )
}

/** The page `docs/errors.md`. */
export function writeErrorsDoc(codes: readonly DocumentedCode[] = readErrorCodes()): string {
  const kinds = [...new Set(codes.map(({ kind }) => kind))]
  const sections = kinds.map((kind) => {
    const rows = codes
      .filter((code) => code.kind === kind)
      .map(({ code, meaning, cure }) => `| \`${code}\` | ${meaning} | ${cure} |`)
    return `## ${kind}\n\n| code | what happened | what to do |\n| --- | --- | --- |\n${rows.join('\n')}\n`
  })
  return `# Errors

Every error of the SDK is a \`ConciergeError\` with a stable \`code\`. Branch on the code or the class, never on the message.
\`retryable\` says that the same call may succeed later; \`sessionSurvives\` says that the user need not log in again because of it.
No error carries a token, code, verifier or secret, and none has a \`cause\` that could.

This page is made from \`packages/core/src/error-codes.ts\` by \`node tools/errors-doc.ts\`.

${sections.join('\n')}`
}

/** The file `packages/cli/src/errors/cures.ts`: what the command line tells people to do. */
export function writeCures(codes: readonly DocumentedCode[] = readErrorCodes()): string {
  const lines = codes.map(({ code, cure }) => `${code}: ${cure.replaceAll('`', '')}`)
  return `/** A line a code: what to do about it. Made from core's \`error-codes.ts\` by \`node tools/errors-doc.ts\`. */
export const cures: string = \`
${lines.join('\n')}
\`
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(target, writeErrorsDoc())
  writeFileSync(curesTarget, writeCures())
}
