/** What the user looks at: a browser page, a popup, the system browser beside an app. */
export interface UserAgent {
  /**
   * Opens an authorization request and gives the parameters of the answer.
   * An agent that leaves the page to do so never settles; the answer is then found when the application starts again.
   */
  authorize(url: string): Promise<URLSearchParams>
  /** Takes the user to the end-session endpoint with these parameters, by form POST where it can, so that no token stands in a URL. */
  endSession(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<void>
}
