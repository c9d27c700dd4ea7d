/** A line a code: what to do about it. Made from core's `error-codes.ts` by `node tools/errors-doc.ts`. */
export const cures: string = `
invalid_configuration: Change the option the message names.
insecure_url: Serve the authorization server over https; plain http works on localhost, 127.0.0.1 and [::1] only.
api_not_declared: Add the origin to the apis option, or use the global fetch for calls that need no token.
return_to_not_same_origin: Pass a path such as /orders?page=2; for another site, navigate there yourself after login.
not_in_browser: Call it in the browser only, for example in an effect that runs after mounting.
not_supported_by_server: Switch the feature on at the server, or do without the call.
refresh_token_required: Have the server issue refresh tokens to this client, often by adding offline_access to the scope.
legacy_not_allowed: Read in its doc block why not to use it; if you must, pass the symbol that the message names.
secret_in_browser: Move the call to a server, or register a public client.
extension_missing: Import the extension that the message names and hand it in as authorization.
login_loop: Find out why the page does not take its session for one (an error of start() that nobody shows, a guard that looks too early), or wait a minute.
key_unusable: The message names what was found and what is wanted; the key itself is in no message.
credentials_unreadable: The message names the place and what is wrong with it.
source_disposed: Dispose of it last, or make a new one.
crypto_missing: Install what the message names and load it before anything else; in a web view serve the app from a secure context.
user_agent_failed: Check that the shell's plugins are installed and that the device has a browser.
frame_not_possible: The message names what to declare or which header to set. On different sites use refresh tokens or a login by redirect instead.
offline: Try again when the connection is back; the session is kept.
network_failed: Check the address; in a browser check that the server's Access-Control-Allow-Origin names the page's origin.
timed_out: Try again; the session is kept. If it happens often, look for what is slow between here and the server. Of a login in a frame the message names the headers that let it work.
response_too_large: Find out who answered; a server's own answer stays far below the cap.
refresh_outcome_unknown: Try again; the refresh token is sent once more when the access token no longer serves, which saves the session or ends it cleanly.
signer_failed: Try again; if it stays so, call the signer's sign by itself and see what it throws.
rate_limited: Wait before the next attempt.
server_unavailable: Try again later; the session is kept.
redirected: Configure the final address.
unexpected_response: Open the address the message names and see who answers.
popup_blocked: Call login() in the handler of a click or a key press, before anything is awaited there; or go by redirect: popup({ whenBlocked: 'redirect' }).
access_denied: Tell the user and offer to log in again.
authorization_refused: Look the server's code up in RFC 6749 section 4.1.2.1 or OpenID Connect Core section 3.1.2.6.
request_refused: Look the server's code up in RFC 6749 section 5.2; invalid_client means the client's registration and its options differ.
authorization_expired: Start the login again, and show the new code.
assertion_refused: Check that the server knows this key under this kid, that the account is enabled, and that issuer, subject and audience are those it expects.
login_request_malformed: The message names the member; mend the server.
callback_state_missing: If the server lost it, mend the server; if somebody else made the link, do not follow it.
callback_state_unknown: Start the login again. If it happens always, login and callback run on different origins (http and https, with and without www).
callback_replayed: None needed; the session is as it was.
callback_expired: Start the login again.
callback_issuer_mismatch: Check the issuer option; if it is right, treat the answer as an attack.
callback_malformed: Check that the server answers with response_type=code and that nothing rewrites the address.
callback_signature_invalid: Compare the client's authorization_signed_response_alg at the server with the allowed algorithms; check the keys under jwks_uri.
metadata_issuer_mismatch: Set issuer to exactly the string that the message gives, to the last slash.
metadata_malformed: Check issuer; the document is looked for under both well-known addresses.
token_response_malformed: The message names the member; mend the server.
server_answer_malformed: The message names the member; mend the server.
resource_metadata_invalid: Pass the resource identifier exactly as the API calls itself, and check the document under its well-known address.
id_token_missing: Allow the client the scope openid, or leave it out of scope for plain OAuth 2.0.
id_token_malformed: The message names the part; mend the server.
id_token_algorithm_refused: Set the client's ID-token algorithm at the server to one that the message names.
id_token_signature_invalid: Check that the server's jwks_uri serves the key it signs with.
id_token_claim_invalid: Compare the client's registration with the options; for iat and exp compare the clocks.
clock_skew: Set the device's date and time, then try again; another login before that ends the same way.
token_not_bound: Switch DPoP on for the client at the server, or leave senderConstraint out.
key_not_found: Check that the server's jwks_uri serves the key it signs with, once, and only its public part.
key_set_malformed: Check the server's jwks_uri.
jws_malformed: The message names the part; mend what made it.
jws_algorithm_refused: Sign with an algorithm that the message names.
jws_signature_invalid: Check that the key set belongs to whoever signed it.
logout_token_invalid: The message names what is wrong; mend the server. If it happens out of nowhere, somebody is trying.
user_info_invalid: Mend the server; a differing sub is an attack or a cache.
storage_failed: Check the browser's storage settings and quota; the message names the operation.
storage_full: Find out what fills the site's storage. Behind withFallback the session goes on in memory and ends with the page.
key_not_kept: Use a store that keeps a CryptoKey as it is, such as IndexedDB; or hand in createMemoryKeyStore() and live with a session that ends with the page.
login_required: Call login().
session_expired: Call login().
session_changed: Show who is logged in now, and let them decide what to do.
dpop_key_lost: Call login(). If it happens often, find out who clears the site's storage.
step_up_required: Call login({ acrValues, maxAge }) and repeat the call, or give stepUp() a handler that does so.
scope_required: Log in again with that scope, if the user shall have it.
login_dismissed: Let the user try again; an answer that still comes is taken, so watch the session.
`
