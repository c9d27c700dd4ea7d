import type { Clock } from './clock.ts'

/** A login on its way through a user agent. */
export interface Visit {
  /** What the answer will carry: by it an answer is told from those to other logins. */
  readonly state: string
  /** By which the agent waits. */
  readonly clock: Clock
  /** The visit is given up with the signal's reason once that is aborted. */
  readonly signal?: AbortSignal | undefined
}

/** What the user looks at: a browser page, a popup, the system browser beside an app. */
export interface UserAgent {
  /** Where answers come back to, registered at the server to the letter. Default: where those of the page come back to. */
  readonly redirectUri?: string | undefined
  /** What every request through this agent says, whatever the login says: `none` of one that can show the user nothing. */
  readonly prompt?: string
  /**
   * Called before anything is waited for, while the browser still takes what is done for the user's click.
   * @returns the agent that serves this one login
   * @throws TransportError `popup_blocked`; UsageError
   */
  open?(): UserAgent
  /** Closes what `open` opened: the login ended without a visit. */
  close?(): void
  /**
   * Opens an authorization request and gives the parameters of the answer; undefined where the user came back without one.
   * An agent that leaves the page to do so does not settle in it; the answer is then found when the application starts again.
   * @throws TransportError `popup_blocked`, `timed_out`; UsageError; SessionError `login_dismissed`; the reason of the visit's signal
   */
  authorize(url: string, visit: Visit): Promise<URLSearchParams | undefined>
  /** Takes the user to the end-session endpoint with these parameters, by form POST where it can, so that no token stands in a URL. */
  endSession(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<void>
}
