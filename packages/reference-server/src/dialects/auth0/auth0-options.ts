/** What only a server of the dialect `auth0` can be told. */
export interface Auth0Options {
  /** The APIs that `audience` can choose. Default: `https://api.example/`. */
  readonly apis?: readonly string[]
}
