/**
 * Every code an error of this SDK can carry, by the class that carries it. Types only: no bytes at run time.
 * The first paragraph of each comment says what happened, the one after `Cure:` what to do; `docs/errors.md` is made of them.
 */
export interface ErrorCodes {
  UsageError: {
    /**
     * An option of the factory or of the call is missing or has the wrong form.
     * Cure: change the option the message names.
     */
    invalid_configuration: true
    /**
     * A URL that carries credentials or keys is neither https nor a loopback address.
     * Cure: serve the authorization server over https; plain http works on localhost, 127.0.0.1 and [::1] only.
     */
    insecure_url: true
    /**
     * `fetch` was asked to send an access token to an origin that is not declared.
     * Cure: add the origin to the `apis` option, or use the global fetch for calls that need no token.
     */
    api_not_declared: true
    /**
     * `returnTo` is not a path of the application's own origin.
     * Cure: pass a path such as `/orders?page=2`; for another site, navigate there yourself after login.
     */
    return_to_not_same_origin: true
    /**
     * The call needs a page, and there is none: it ran on a server or in a worker.
     * Cure: call it in the browser only, for example in an effect that runs after mounting.
     */
    not_in_browser: true
    /**
     * The authorization server does not offer what was asked of it (it names no such endpoint).
     * Cure: switch the feature on at the server, or do without the call.
     */
    not_supported_by_server: true
    /**
     * An access token for another resource was asked for in a session without a refresh token.
     * Cure: have the server issue refresh tokens to this client, often by adding `offline_access` to the scope.
     */
    refresh_token_required: true
    /**
     * A function of `./legacy` was called without its opt-in symbol.
     * Cure: read in its doc block why not to use it; if you must, pass the symbol that the message names.
     */
    legacy_not_allowed: true
    /**
     * A client that has a secret was used in a browser, where everybody can read it.
     * Cure: move the call to a server, or register a public client.
     */
    secret_in_browser: true
    /**
     * The authorization server demands that authorization requests be pushed or signed, and the extension for it was not handed in.
     * Cure: import the extension that the message names and hand it in as `authorization`.
     */
    extension_missing: true
    /**
     * `login()` was called although three logins had come back to this tab within a minute. It was not started: it would go on for ever.
     * Cure: find out why the page does not take its session for one (an error of `start()` that nobody shows, a guard that looks too early), or wait a minute.
     */
    login_loop: true
    /**
     * A private key cannot be used: it is cut off, of a kind that cannot sign here, a public key, or wrapped in a way that needs something more.
     * `format` says what was found.
     * Cure: the message names what was found and what is wanted; the key itself is in no message.
     */
    key_unusable: true
    /**
     * A credentials file, an environment variable or a token for a workload cannot be read, or is not what it must be.
     * Cure: the message names the place and what is wrong with it.
     */
    credentials_unreadable: true
    /**
     * A token source was used after `dispose()`.
     * Cure: dispose of it last, or make a new one.
     */
    source_disposed: true
    /**
     * WebCrypto is missing here, or too little of it: a login needs random values and SHA-256 (PKCE), an ID token signatures as well.
     * Cure: install what the message names and load it before anything else; in a web view serve the app from a secure context.
     */
    crypto_missing: true
    /**
     * The external user agent could not be opened.
     * Cure: check that the shell's plugins are installed and that the device has a browser.
     */
    user_agent_failed: true
    /**
     * A silent login in a frame was asked for where it cannot work: the authorization server is on another site than the page, so that the browser
     * withholds its cookies there, or the page's own Content Security Policy forbids the frame.
     * Cure: the message names what to declare or which header to set. On different sites use refresh tokens or a login by redirect instead.
     */
    frame_not_possible: true
  }
  TransportError: {
    /**
     * The device says that it is offline.
     * Cure: try again when the connection is back; the session is kept.
     */
    offline: true
    /**
     * No answer could be had: the connection failed, or the browser withheld the answer because of CORS.
     * Cure: check the address; in a browser check that the server's `Access-Control-Allow-Origin` names the page's origin.
     */
    network_failed: true
    /**
     * The answer was not complete before the deadline.
     * Cure: try again; the session is kept. If it happens often, look for what is slow between here and the server. Of a login in a frame the message
     * names the headers that let it work.
     */
    timed_out: true
    /**
     * The answer is larger than the cap for its kind.
     * Cure: find out who answered; a server's own answer stays far below the cap.
     */
    response_too_large: true
    /**
     * The answer to a refresh was lost, so nobody knows whether the refresh token is spent. The session is kept.
     * Cure: try again; the refresh token is sent once more when the access token no longer serves, which saves the session or ends it cleanly.
     */
    refresh_outcome_unknown: true
    /**
     * The `Signer` did not sign: the key service behind it failed. Nothing was sent.
     * Cure: try again; if it stays so, call the signer's `sign` by itself and see what it throws.
     */
    signer_failed: true
    /**
     * The server asked to slow down (429). `retryAfter` says for how many seconds, where the server said so.
     * Cure: wait before the next attempt.
     */
    rate_limited: true
    /**
     * The server failed (a 5xx status). `retryAfter` says for how many seconds, where the server said so.
     * Cure: try again later; the session is kept.
     */
    server_unavailable: true
    /**
     * A redirect where none is allowed: following it would hand credentials to another address.
     * Cure: configure the final address.
     */
    redirected: true
    /**
     * The answer has a status or content type that the endpoint never gives, for example an HTML page of a proxy or captive portal.
     * Cure: open the address the message names and see who answers.
     */
    unexpected_response: true
    /**
     * The browser did not let the page open the login window.
     * Cure: call `login()` in the handler of a click or a key press, before anything is awaited there; or go by redirect: `popup({ whenBlocked: 'redirect' })`.
     */
    popup_blocked: true
  }
  ServerError: {
    /**
     * The user, or a policy of the server, declined the login.
     * Cure: tell the user and offer to log in again.
     */
    access_denied: true
    /**
     * The authorization server answered the login with an error; `error` holds the server's own code.
     * Cure: look the server's code up in RFC 6749 section 4.1.2.1 or OpenID Connect Core section 3.1.2.6.
     */
    authorization_refused: true
    /**
     * An endpoint refused the request; `error` holds the server's own code.
     * Cure: look the server's code up in RFC 6749 section 5.2; `invalid_client` means the client's registration and its options differ.
     */
    request_refused: true
    /**
     * The user did not finish a login on another device before its code or request expired.
     * Cure: start the login again, and show the new code.
     */
    authorization_expired: true
    /**
     * The authorization server refuses what a machine proves itself by: a signed assertion, or another system's token. `error` holds the
     * server's own code, `keyId` the `kid` of the key that signed. It is not a matter of clocks.
     * Cure: check that the server knows this key under this `kid`, that the account is enabled, and that issuer, subject and audience are those it expects.
     */
    assertion_refused: true
  }
  ProtocolError: {
    /**
     * The answer to a device authorization or backchannel authentication request lacks a member, or has one that cannot be.
     * Cure: the message names the member; mend the server.
     */
    login_request_malformed: true
    /**
     * The callback has no `state`, so it cannot be bound to a login of this user agent.
     * Cure: if the server lost it, mend the server; if somebody else made the link, do not follow it.
     */
    callback_state_missing: true
    /**
     * No login with this `state` was started here.
     * Cure: start the login again. If it happens always, login and callback run on different origins (http and https, with and without www).
     */
    callback_state_unknown: true
    /**
     * This callback was already used.
     * Cure: none needed; the session is as it was.
     */
    callback_replayed: true
    /**
     * The login took longer than a transaction lives.
     * Cure: start the login again.
     */
    callback_expired: true
    /**
     * The `iss` of the callback is not the configured issuer, or is missing although the server promises it (RFC 9207).
     * Cure: check the `issuer` option; if it is right, treat the answer as an attack.
     */
    callback_issuer_mismatch: true
    /**
     * The callback has repeated, missing or foreign parameters.
     * Cure: check that the server answers with `response_type=code` and that nothing rewrites the address.
     */
    callback_malformed: true
    /**
     * The signed authorization response (JARM) has an algorithm that is not allowed or a signature that does not verify.
     * Cure: compare the client's `authorization_signed_response_alg` at the server with the allowed algorithms; check the keys under `jwks_uri`.
     */
    callback_signature_invalid: true
    /**
     * The metadata document names another issuer than the one configured.
     * Cure: set `issuer` to exactly the string that the message gives, to the last slash.
     */
    metadata_issuer_mismatch: true
    /**
     * The metadata document is missing, or not a metadata document, or lacks what is needed.
     * Cure: check `issuer`; the document is looked for under both well-known addresses.
     */
    metadata_malformed: true
    /**
     * The token endpoint's answer is not a token response.
     * Cure: the message names the member; mend the server.
     */
    token_response_malformed: true
    /**
     * The answer of an endpoint other than the token endpoint (pushed authorization, introspection, registration) is not what it must be.
     * Cure: the message names the member; mend the server.
     */
    server_answer_malformed: true
    /**
     * The metadata document of an API is missing, describes another resource, or names authorization servers that are no https URLs.
     * Cure: pass the resource identifier exactly as the API calls itself, and check the document under its well-known address.
     */
    resource_metadata_invalid: true
    /**
     * `openid` was asked for and no ID token came.
     * Cure: allow the client the scope `openid`, or leave it out of `scope` for plain OAuth 2.0.
     */
    id_token_missing: true
    /**
     * The ID token is not a JWS in compact form, or has a header that is refused.
     * Cure: the message names the part; mend the server.
     */
    id_token_malformed: true
    /**
     * The ID token is signed with an algorithm that is not allowed.
     * Cure: set the client's ID-token algorithm at the server to one that the message names.
     */
    id_token_algorithm_refused: true
    /**
     * The signature of the ID token does not verify. Nothing of the answer was kept.
     * Cure: check that the server's `jwks_uri` serves the key it signs with.
     */
    id_token_signature_invalid: true
    /**
     * A claim of the ID token is wrong; `claim` names it. Nothing of the answer was kept.
     * Cure: compare the client's registration with the options; for `iat` and `exp` compare the clocks.
     */
    id_token_claim_invalid: true
    /**
     * The clock of this device is wrong: a fresh ID token was issued in its future, or has run out already; or the server refuses an assertion
     * dated by this clock, and the same dated by its own. `offset` says by how many seconds the server is ahead (negative: behind).
     * Nothing of the answer was kept.
     * Cure: set the device's date and time, then try again; another login before that ends the same way.
     */
    clock_skew: true
    /**
     * The tokens were to be bound to a key of this client (DPoP), and the server issued tokens that anybody can use. They were dropped.
     * Cure: switch DPoP on for the client at the server, or leave `senderConstraint` out.
     */
    token_not_bound: true
    /**
     * The key set has no key for this token: none of its name and kind, only ones that are unsound (RSA below 2,048 bits, a private key published),
     * or two of one name.
     * Cure: check that the server's `jwks_uri` serves the key it signs with, once, and only its public part.
     */
    key_not_found: true
    /**
     * The key set is not a JSON Web Key Set.
     * Cure: check the server's `jwks_uri`.
     */
    key_set_malformed: true
    /**
     * The text is not a JWS in compact form, or has a header that is refused.
     * Cure: the message names the part; mend what made it.
     */
    jws_malformed: true
    /**
     * The JWS is signed with an algorithm that is not among the allowed ones.
     * Cure: sign with an algorithm that the message names.
     */
    jws_algorithm_refused: true
    /**
     * The signature of the JWS does not verify with the key that its header names.
     * Cure: check that the key set belongs to whoever signed it.
     */
    jws_signature_invalid: true
    /**
     * A logout token is not one of this server for this client and this moment, or was used already. No session was ended.
     * Cure: the message names what is wrong; mend the server. If it happens out of nowhere, somebody is trying.
     */
    logout_token_invalid: true
    /**
     * The UserInfo answer is malformed or speaks of another subject than the ID token. It was dropped.
     * Cure: mend the server; a differing `sub` is an attack or a cache.
     */
    user_info_invalid: true
  }
  StorageError: {
    /**
     * The store could not be read or written.
     * Cure: check the browser's storage settings and quota; the message names the operation.
     */
    storage_failed: true
    /**
     * The store is full, and stays full when what it can do without is cleared out of it.
     * Cure: find out what fills the site's storage. Behind `withFallback` the session goes on in memory and ends with the page.
     */
    storage_full: true
    /**
     * The store cannot keep a key (`CryptoKey`) as it is, so no tokens were bound to it (DPoP) or encrypted with it.
     * Cure: use a store that keeps a `CryptoKey` as it is, such as IndexedDB; or hand in `createMemoryKeyStore()` and live with a session that ends with the page.
     */
    key_not_kept: true
  }
  SessionError: {
    /**
     * There is no session.
     * Cure: call `login()`.
     */
    login_required: true
    /**
     * The session ended: the server refuses the refresh token, or there is none and the access token ran out.
     * Cure: call `login()`.
     */
    session_expired: true
    /**
     * Another user has logged in meanwhile, in another tab or process that shares the store. The session now is theirs; the call was not made.
     * Cure: show who is logged in now, and let them decide what to do.
     */
    session_changed: true
    /**
     * The key that the tokens are bound to (DPoP) is gone from this device, so neither the access token nor the refresh token serves any more.
     * Cure: call `login()`. If it happens often, find out who clears the site's storage.
     */
    dpop_key_lost: true
    /**
     * An API asks for a stronger or fresher login before it answers. `acrValues` and `maxAge` say which. The session goes on.
     * Cure: call `login({ acrValues, maxAge })` and repeat the call, or give `stepUp()` a handler that does so.
     */
    step_up_required: true
    /**
     * The access token lacks scope that an API asks for; `scopes` names it. The session goes on.
     * Cure: log in again with that scope, if the user shall have it.
     */
    scope_required: true
    /**
     * The user closed the browser or the login window before the login was finished, or another login took its place. The session is as it was.
     * Cure: let the user try again; an answer that still comes is taken, so watch the session.
     */
    login_dismissed: true
  }
}

/** Any code that an error of this SDK carries. */
export type ErrorCode = { [Kind in keyof ErrorCodes]: keyof ErrorCodes[Kind] }[keyof ErrorCodes]
