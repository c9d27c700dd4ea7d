/** One login page with a session of its own. Most servers have a single one. */
export interface Guard {
  readonly name: string
  /** The name of the endpoint that shows its login page. */
  readonly loginEndpoint: string
  /** The heading of its login page. */
  readonly heading: string
  /** Begins the name of its session cookie. */
  readonly cookie: string
}

/** The guard of servers with a single login page. */
export const webGuard: Guard = {
  name: 'web',
  loginEndpoint: 'login',
  heading: 'Sign in',
  cookie: 'login-session',
}
