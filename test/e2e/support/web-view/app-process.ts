import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { AppDemo } from '../../../../examples/mobile-webview/server/start-app-demo.ts'
import {
  createPageBridge,
  type NativeCall,
  type NativeReply,
  type NativeSide,
  pluginHeaders,
} from '../../../../packages/mobile/src/testing/native-side.test-support.ts'

/** What the page gets before anything else runs in it: our end of the bridge, under the names that Capacitor's core looks for. */
const pageScript = `
  const post = (message) => window.webkit.messageHandlers.bridge.postMessage(JSON.stringify(message))
  window.Capacitor = (${createPageBridge.toString()})(${JSON.stringify(pluginHeaders)}, (call) => post({ call }))
  window.lookFor = (question, id) => post({ id, answer: new Function('return ' + question)() })
`

/** A process of the app: a web view in a shell. */
export interface AppProcess {
  /** Gives what an expression is in the page, as JSON. */
  look(expression: string): Promise<unknown>
  /** Presses the button of an action. */
  press(action: string): Promise<void>
  /** Where the page wanted to go by itself. */
  readonly refused: readonly string[]
  /** The system ends the app, whatever it is doing. */
  kill(): Promise<void>
}

interface Line {
  readonly message?: string
  readonly refused?: string
}

/** The programs and files that app processes need. */
export interface WebViewKit {
  readonly gjs: string
  readonly display: string
  readonly demo: AppDemo
}

/** Starts the app, by a link or by hand, in a web view of its own; `native` is its phone. */
export function startAppProcess(
  { gjs, display, demo }: WebViewKit,
  native: NativeSide,
  launchUrl?: string,
): AppProcess {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-app-'))
  for (const [path, { body }] of demo.files) writeFileSync(join(folder, path), body)
  const prelude = join(folder, 'prelude.js')
  writeFileSync(prelude, pageScript)
  const host = fileURLToPath(new URL('host.js', import.meta.url))
  const child = spawn(gjs, ['-m', host, folder, prelude], {
    env: { ...process.env, DISPLAY: display, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  const refused: string[] = []
  const answers = new Map<number, (answer: unknown) => void>()
  const run = (script: string): void => void child.stdin.write(`${JSON.stringify({ run: script })}\n`)
  native.startProcess(
    (reply: NativeReply) => run(`window.Capacitor.fromNative(${JSON.stringify(reply)})`),
    launchUrl,
  )

  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line
    if (line.refused !== undefined) refused.push(line.refused)
    if (line.message === undefined) return
    const { call, id, answer } = JSON.parse(line.message) as {
      call?: NativeCall
      id?: number
      answer?: unknown
    }
    if (call) native.receive(call)
    if (id !== undefined) answers.get(id)?.(answer)
  })

  const look = (expression: string): Promise<unknown> =>
    new Promise((resolve) => {
      const id = answers.size + 1
      answers.set(id, resolve)
      run(`window.lookFor(${JSON.stringify(expression)}, ${id})`)
    })
  return {
    refused,
    look,
    press: async (action) => void (await look(`document.querySelector('[data-action="${action}"]').click()`)),
    kill: () => end(child, folder),
  }
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => void child.once('exit', resolve))
    // The web view's own processes belong to the group.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await ended
  }
  rmSync(folder, { recursive: true, force: true })
}

/** A display without a screen; `stop` ends it. */
export async function startDisplay(
  program = '/usr/bin/Xvfb',
): Promise<{ readonly display: string; stop(): Promise<void> }> {
  const child = spawn(program, ['-displayfd', '3', '-screen', '0', '800x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const output = child.stdio[3]
  const number = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    output?.once('data', (data: Buffer) => resolve(data.toString().trim()))
  })
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => void child.once('exit', resolve))
    child.kill()
    await ended
  }
  return { display: `:${number}`, stop }
}
