/** What a key does; gives what there is to say about it. */
type Action = () => Promise<string | void>

/** Calls the action of a key that is pressed, in a terminal at once, else line by line. */
export function listenToKeys(
  actions: Readonly<Record<string, Action>>,
  say: (text: string) => void,
): { close(): void } {
  const { stdin } = process
  const onData = (data: Buffer): void => {
    for (const key of data.toString()) {
      // In raw mode Ctrl-C comes as a character.
      if (key === '\u0003') process.kill(process.pid, 'SIGINT')
      const action = Object.hasOwn(actions, key) ? actions[key] : undefined
      void action?.().then(
        (text) => text && say(text),
        (error: Error) => say(error.message),
      )
    }
  }
  if (stdin.isTTY) stdin.setRawMode(true)
  stdin.on('data', onData)
  return {
    close: () => {
      stdin.off('data', onData)
      if (stdin.isTTY) stdin.setRawMode(false)
      stdin.pause()
    },
  }
}
