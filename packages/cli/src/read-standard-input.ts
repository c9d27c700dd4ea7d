import { addAbortSignal } from 'node:stream'
import { unreadable } from './read-file.ts'

const largestInput = 1_048_576

/** All that comes on standard input. @throws UsageError `credentials_unreadable` for more than 1 MiB; an AbortError when the signal says so */
export async function readStandardInput(signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of addAbortSignal(signal, process.stdin)) {
    size += (chunk as Buffer).length
    if (size > largestInput) throw unreadable('Standard input', `it has more than ${largestInput} bytes.`)
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
