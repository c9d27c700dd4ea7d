/** Where the app's two servers are and what it is called at one of them. The server of this page writes it into `index.html`. */
export const config = {
  issuer: read('issuer'),
  clientId: read('client-id'),
  api: read('api'),
}

function read(name: string): string {
  const meta = document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)
  if (!meta) throw new Error(`index.html has no meta element named ${name}.`)
  return meta.content
}
