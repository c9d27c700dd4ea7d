/** What the user looks at: a browser page, a popup, the system browser beside an app. */
export interface UserAgent {
  /**
   * Opens an authorization request and gives the parameters of the answer; undefined where the user came back without one.
   * An agent that leaves the page to do so does not settle in it; the answer is then found when the application starts again.
   * @throws TransportError `popup_blocked`; UsageError; SessionError `login_cancelled`
   */
  authorize(url: string): Promise<URLSearchParams | undefined>
  /** Takes the user to the end-session endpoint with these parameters, by form POST where it can, so that no token stands in a URL. */
  endSession(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<void>
}
