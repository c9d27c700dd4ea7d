#!/usr/bin/env node
import { runCli } from './run-cli.ts'
import { readStandardInput } from './read-standard-input.ts'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort())

// Whoever reads our output may have seen enough, as `head` has.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
}

const wantsColour = !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'

process.exitCode = await runCli(process.argv.slice(2), {
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
  readInput: () => readStandardInput(interruption.signal),
  isInteractive: process.stdin.isTTY,
  colours: {
    output: wantsColour && process.stdout.isTTY,
    errors: wantsColour && process.stderr.isTTY,
  },
  env: process.env,
  interrupted: interruption.signal,
})
