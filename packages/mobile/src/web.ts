export { webShell } from './web/web-shell.ts'
