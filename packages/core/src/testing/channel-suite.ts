import type { OpenChannel } from '../ports/channel.ts'
import { type PortCase, same } from './port-case.ts'

/**
 * The behaviours of every channel.
 * @param open as two tabs or processes open theirs; channels of one case must reach each other, and none of an earlier case
 * @param settle resolves when what was posted has had the time to arrive
 */
export function channelCases(open: OpenChannel, settle: () => Promise<void>): readonly PortCase[] {
  const all: Record<string, (name: string) => Promise<void>> = {
    'reaches the others of the same name, and not the sender': async (name) => {
      const [sender, receiver, stranger] = [open(name), open(name), open(`${name}-other`)]
      const heard: string[] = []
      const stops = [
        sender.listen(() => heard.push('sender')),
        receiver.listen((message) => heard.push(`receiver ${JSON.stringify(message)}`)),
        stranger.listen(() => heard.push('stranger')),
      ]
      sender.post({ kind: 'changed' })
      await settle()
      for (const stop of stops) stop()
      same(heard, ['receiver {"kind":"changed"}'])
    },
    'reaches nobody who stopped listening': async (name) => {
      const [sender, receiver] = [open(name), open(name)]
      const heard: unknown[] = []
      receiver.listen((message) => heard.push(message))()
      sender.post('late')
      await settle()
      same(heard, [])
    },
    'does not throw where nobody listens': async (name) => {
      open(name).post('alone')
      await settle()
    },
  }
  return Object.entries(all).map(([name, run], index) => ({ name, run: () => run(`channel-${index}`) }))
}
