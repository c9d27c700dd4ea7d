/** The one stylesheet of every page. System fonts, both colour schemes, readable at 320 px. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --card: #ffffff; --text: #16181d; --quiet: #5a6170; --line: #8b93a3;
  --accent: #1d4ed8; --accent-text: #ffffff; --fault: #b42318; --fault-ground: #fef3f2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #101218; --card: #1a1d26; --text: #eceef3; --quiet: #a5adbd; --line: #6b7385;
    --accent: #9db8ff; --accent-text: #0d1533; --fault: #ffb4ab; --fault-ground: #3a1714;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main {
  width: 100%; max-width: 25rem; padding: 2rem 1.75rem; background: var(--card);
  border-radius: 0.75rem; box-shadow: 0 1px 2px rgb(0 0 0 / 0.08), 0 8px 24px rgb(0 0 0 / 0.08);
  overflow-wrap: anywhere;
}
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
.quiet { color: var(--quiet); }
.fault {
  padding: 0.625rem 0.75rem; border-left: 0.25rem solid var(--fault); border-radius: 0.25rem;
  background: var(--fault-ground); color: var(--fault);
}
.fault::first-letter {
  text-transform: uppercase;
}
label { display: block; margin: 0 0 0.25rem; font-weight: 600; }
input:not([type=hidden]) {
  display: block; width: 100%; margin: 0 0 1rem; padding: 0.625rem 0.75rem; font: inherit;
  color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 0.5rem;
}
input[aria-invalid=true] { border-color: var(--fault); }
p.code, input.code:not([type=hidden]) {
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
  font-size: 1.5rem; letter-spacing: 0.1em; text-align: center; text-transform: uppercase;
}
ul { margin: 0 0 1.5rem; padding: 0; list-style: none; }
li { padding: 0.625rem 0; border-bottom: 1px solid color-mix(in srgb, var(--line) 40%, transparent); }
li:last-child { border-bottom: 0; }
li ul { margin: 0.25rem 0 0 1rem; color: var(--quiet); }
li li { padding: 0.125rem 0; border-bottom: 0; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.5rem; }
button, a.button {
  flex: 1 1 8rem; min-height: 2.75rem; padding: 0.5rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--accent-text); background: var(--accent); border: 1px solid var(--accent); border-radius: 0.5rem;
}
a.button { display: grid; place-items: center; text-decoration: none; }
button.second { color: var(--accent); background: transparent; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { margin-top: 1.5rem; font-size: 0.875rem; color: var(--quiet); }
`
