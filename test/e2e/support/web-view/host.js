// A web view of WebKitGTK with nothing around it, run by gjs. It serves the app at capacitor://localhost as an app's shell does, and is a pipe
// between the page and whoever started it: lines of JSON, `{ message }` from the page to standard output, `{ run }` from standard input to the page.
import GLib from 'gi://GLib'
import Gio from 'gi://Gio'
import Gtk from 'gi://Gtk?version=3.0'
import WebKit2 from 'gi://WebKit2?version=4.1'

const [folder, prelude] = ARGV
const origin = 'capacitor://localhost'

const say = (line) => print(JSON.stringify(line))

Gtk.init(null)
const context = WebKit2.WebContext.new_ephemeral()
const security = context.get_security_manager()
security.register_uri_scheme_as_secure('capacitor')
security.register_uri_scheme_as_cors_enabled('capacitor')

const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', map: 'application/json' }

context.register_uri_scheme('capacitor', (request) => {
  const path = request.get_path() === '/' ? '/index.html' : request.get_path()
  try {
    const [, bytes] = GLib.file_get_contents(`${folder}${path}`)
    const type = types[path.split('.').at(-1)] ?? 'application/octet-stream'
    request.finish(Gio.MemoryInputStream.new_from_bytes(bytes), bytes.length, type)
  } catch {
    request.finish_error(new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND, `no ${path}`))
  }
})

const content = new WebKit2.UserContentManager()
content.register_script_message_handler('bridge')
content.connect('script-message-received::bridge', (_, result) =>
  say({ message: result.get_js_value().to_string() }),
)
const [, script] = GLib.file_get_contents(prelude)
content.add_script(
  new WebKit2.UserScript(
    new TextDecoder().decode(script),
    WebKit2.UserContentInjectedFrames.TOP_FRAME,
    WebKit2.UserScriptInjectionTime.START,
    null,
    null,
  ),
)

const view = new WebKit2.WebView({ web_context: context, user_content_manager: content })
view.get_settings().set_enable_write_console_messages_to_stdout(false)

// The shell of an app lets its web view go nowhere else: a login page in it would be an embedded login browser.
view.connect('decide-policy', (_, decision, type) => {
  if (type !== WebKit2.PolicyDecisionType.NAVIGATION_ACTION) return false
  const uri = decision.get_navigation_action().get_request().get_uri()
  if (uri.startsWith(`${origin}/`)) return false
  say({ refused: uri })
  decision.ignore()
  return true
})

const input = new Gio.DataInputStream({ base_stream: new Gio.UnixInputStream({ fd: 0, close_fd: false }) })
const readOn = () =>
  input.read_line_async(GLib.PRIORITY_DEFAULT, null, (_, result) => {
    const [line] = input.read_line_finish_utf8(result)
    if (line === null) return Gtk.main_quit()
    view.evaluate_javascript(JSON.parse(line).run, -1, null, null, null, null)
    readOn()
  })
// Before that there is no page to talk to.
const loaded = view.connect('load-changed', (_, event) => {
  if (event !== WebKit2.LoadEvent.FINISHED) return
  view.disconnect(loaded)
  readOn()
})

const window = new Gtk.Window({ default_width: 390, default_height: 844 })
window.add(view)
window.show_all()
view.load_uri(`${origin}/index.html`)
Gtk.main()
