/** What `--help` prints. @param name what the command is called */
export const help = (
  name: string,
): string => `An OAuth 2.0 and OpenID Connect authorization server for tests. Never for production.

Usage: ${name} [options]

  --dialect <name>       How it speaks. Default: standard
  --port <number>        Default: 9000; 0 takes a free one
  --host <address>       A loopback address. Default: 127.0.0.1
  --rotation <mode>      Refresh tokens: strict, none or grace:<seconds>. Default: strict
  --alg <name>           Signs with ES256, RS256, PS256 or EdDSA. Default: ES256
  --seed <text>          Gives the same keys, ids, codes and opaque tokens on each run
  --config <file>        JSON with clients, users, scopes, lifetimes and the other options of the server
  --fault <name>[:<n>]   Switches a fault on for n requests (1 unless given), or for good with :always; repeatable
  --list-faults          Prints the faults there are, and ends
  --json                 Prints what the server offers as JSON
  --help                 Prints this, and ends

Examples:

  ${name}
  ${name} --dialect standard --port 9000 --rotation grace:10
  ${name} --fault token.html_200 --fault jwks.unavailable:3
  ${name} --fault refresh.invalid_grant:always --json
  ${name} --config server.json

Ctrl-C ends it. Exit codes: 0 it was ended, 1 it could not start, 2 the options are wrong.
`
