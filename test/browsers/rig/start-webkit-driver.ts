import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A driver that runs. */
export interface Driver {
  readonly url: string
  stop(): void
}

/** Starts the driver of WebKitGTK on a screen of its own; it ends with this process at the latest. */
export async function startWebKitDriver(driver: string): Promise<Driver> {
  const port = await findPort()
  const child = spawn('xvfb-run', ['-a', driver, `--port=${port}`], { detached: true, stdio: 'ignore' })
  const stop = (): void => {
    process.off('exit', stop)
    // The driver's whole process group: the screen and the browsers as well.
    if (child.pid !== undefined) process.kill(-child.pid)
  }
  process.on('exit', stop)
  const url = `http://127.0.0.1:${port}`
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (
      await fetch(`${url}/status`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { url, stop }
    await sleep(100)
  }
  stop()
  throw new Error('WebKitWebDriver did not start within 10 seconds.')
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
