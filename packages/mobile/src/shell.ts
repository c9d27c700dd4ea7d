import type { Lock } from '@oauth-concierge/core'

/** Stops what was begun. */
export type Stop = () => void

/** Small texts under names, as a keychain, a keystore or an app's preferences keep them. */
export interface TextStorage {
  /** Undefined where there is nothing, or nothing that can be read any more (a lost key): what cannot be decrypted is gone. */
  read(name: string): Promise<string | undefined>
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
  /** The most characters one entry takes; longer texts are spread over several. Default: no limit. */
  readonly longestText?: number
}

/** How an external user agent is to be opened. */
export interface AgentOptions {
  /** Where the agent will be sent at the end: an agent that can watch for that closes by itself. Undefined where nothing comes back. */
  readonly redirectUri: string | undefined
  /** Without the cookies of the system browser, and without leaving any there. */
  readonly ephemeral: boolean
}

/**
 * How the visit to an external user agent ended: with the address it was sent to at the end, or by being closed.
 * An agent that cannot tell never settles; the answer then comes as a deep link.
 */
export type AgentResult =
  | { readonly type: 'answered'; readonly link: string }
  | { readonly type: 'dismissed' }

/**
 * What an app is wrapped in, as far as a login needs it. `capacitorShell`, `expoShell` and `webShell` make one;
 * a shell of your own has these few members.
 */
export interface Shell {
  /**
   * `external`: what the user types their password into is out of this app's reach (the system browser, a browser tab in the app).
   * `page`: this is no app, but a page in an ordinary browser, which leaves for the authorization server and comes back.
   * There is no third kind: a web view of the app itself is refused.
   * @see RFC 8252 section 8.12
   */
  readonly agent: 'external' | 'page'
  /** Opens the external user agent. Rejects where that cannot be done. */
  openAgent(url: string, options: AgentOptions): Promise<AgentResult>
  /** Closes the external user agent, where the platform can, and does nothing where there is none. */
  dismissAgent(): Promise<void>
  /** The link that this process was started by, if it was. The same answer each time does no harm. */
  launchLink(): Promise<string | undefined>
  /** Calls `listener` with each link that reaches the running app. Settles when nothing is missed any more. */
  onLink(listener: (link: string) => void): Promise<Stop>
  /** Calls `listener` each time the app comes back to the foreground. */
  onResume(listener: () => void): Promise<Stop>
  /** Where tokens are kept. Reading it may ask the user for a fingerprint. */
  readonly tokens: TextStorage
  /** Where logins under way are kept, and who may refresh. As native as `tokens`, but it never asks anybody anything. */
  readonly logins: TextStorage
  /** What is deleted together with the app, as a keychain is not. With it, tokens that outlived an uninstall are told and removed. */
  readonly installation?: TextStorage
  /** One piece of work at a time among all that share `tokens`. Default: a lease in `logins`. */
  readonly lock?: Lock
  /** Takes the user to `endpoint` by a form POST, where the agent can be told to. Default: a GET without the ID token. */
  submitForm?(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<void>
}
