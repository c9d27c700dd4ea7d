/** One command of a WebDriver session. @see W3C WebDriver section 6 */
export type Command = <Result = null>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
) => Promise<Result>

/** Sends commands to a driver. Rejects with the driver's own words. */
export function createCommand(base: string): Command {
  return async (method, path, body) => {
    const init = method === 'POST' ? { method, body: JSON.stringify(body ?? {}) } : { method }
    const response = await fetch(base + path, init)
    const { value } = (await response.json()) as { value: unknown }
    if (response.ok) return value as never
    const { error = 'unknown error', message = '' } = Object(value) as Partial<WebDriverError>
    throw new WebDriverError(error, message)
  }
}

/** An error that the driver told, by the name that the standard gives it. */
export class WebDriverError extends Error {
  override readonly name = 'WebDriverError'
  readonly error: string

  constructor(error: string, message: string) {
    super(`${error}: ${message}`)
    this.error = error
  }
}
