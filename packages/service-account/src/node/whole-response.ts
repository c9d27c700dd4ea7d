/**
 * A `Response` whose text is there already. Reading that costs no stream, which is what most of a small `Response` costs; whoever wants the
 * body in another form gets it from one that has a stream.
 */
export class WholeResponse extends Response {
  readonly #text: string
  readonly #init: ResponseInit
  #streamed: Response | undefined
  #isUsed = false

  constructor(text: string, init: ResponseInit) {
    super(null, init)
    this.#text = text
    this.#init = init
  }

  override get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#stream().body
  }

  override get bodyUsed(): boolean {
    return this.#isUsed || (this.#streamed?.bodyUsed ?? false)
  }

  override async text(): Promise<string> {
    if (this.#streamed) return this.#streamed.text()
    if (this.#isUsed) throw new TypeError('The body was read already.')
    this.#isUsed = true
    return this.#text
  }

  override async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#stream().arrayBuffer()
  }

  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#stream().bytes()
  }

  override blob(): Promise<Blob> {
    return this.#stream().blob()
  }

  override formData(): Promise<FormData> {
    return this.#stream().formData()
  }

  override clone(): WholeResponse {
    if (this.bodyUsed) throw new TypeError('The body was read already.')
    return new WholeResponse(this.#text, this.#init)
  }

  #stream(): Response {
    if (!this.#streamed) {
      this.#streamed = new Response(this.#text, this.#init)
      // Read before: then there is nothing more to read in this form either.
      if (this.#isUsed) void this.#streamed.text()
    }
    return this.#streamed
  }
}
