/**
 * Opens an address in the user's browser. It is handed over as one argument and no shell sees it.
 * Rejects where no browser can be started.
 */
export async function openBrowser(url: string): Promise<void> {
  const { href, protocol } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('only web addresses are opened')
  const [command, ...args] = commandFor(href)
  const { spawn } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true, windowsHide: true })
    child.once('error', reject)
    child.once('spawn', () => {
      child.unref()
      resolve()
    })
  })
}

function commandFor(href: string): readonly [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', href]
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', href]
  return ['xdg-open', href]
}
