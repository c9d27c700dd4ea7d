/** What only a server of the dialect `gluu` can be told. */
export interface GluuOptions {
  /** The scopes that an access-management token can be had for. Default: `view` and `manage`. */
  readonly gatScopes?: readonly string[]
}
