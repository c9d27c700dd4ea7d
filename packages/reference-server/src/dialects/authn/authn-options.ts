/** What only a server of the dialect `authn` can be told. */
export interface AuthnOptions {
  /** `iss` of access tokens: the bare host name, or the URL of the token endpoint. Default: `host`. */
  readonly issuerClaim?: 'host' | 'token_endpoint'
  /** `tid` of access tokens. Default: `tenant-1`. */
  readonly tenantId?: string
  /** The users who have no password and log in with a uuid from `/login/uuid`. Default: `agent`. */
  readonly agents?: readonly string[]
  /** The users whose password has to be changed, which the password grant's answer then says. Default: `grace`. */
  readonly mustChangePassword?: readonly string[]
  /** `project_id` of service-account files. Default: `project-1`. */
  readonly projectId?: string
}
