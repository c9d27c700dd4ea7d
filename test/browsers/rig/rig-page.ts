/** A tab, in whatever engine. */
export interface RigPage {
  /** Goes to an address and waits until it is loaded. */
  goto(url: string): Promise<void>
  reload(): Promise<void>
  url(): Promise<string>
  /** Runs a function in the page, which sees its argument and the page's globals only; gives what it resolves to. Both go as JSON. */
  evaluate<Argument, Result>(
    work: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>
  evaluate<Result>(work: () => Result | Promise<Result>): Promise<Result>
  /** Clicks like a user on what this CSS selector finds, once it is there. */
  click(selector: string): Promise<void>
  /** Types into the field that this CSS selector finds, once it is there. */
  fill(selector: string, text: string): Promise<void>
  /** Another tab of the same browser: storage is shared, tab storage is not. */
  newPage(): Promise<RigPage>
  /** The window that `work` makes this page open. */
  openedBy(work: () => Promise<unknown>): Promise<RigPage>
  /** Goes back in the history; does not wait for what comes of it. */
  back(): Promise<void>
  /**
   * Lets no line of the page's scripts run, as in a tab that the browser has frozen: what it holds it goes on holding. Gives the way to wake it.
   * In Chromium only, by its debugger: it freezes hidden tabs only, and headless it hides none.
   */
  holdStill(): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** A browser with a profile of its own. */
export interface RigBrowser {
  newPage(): Promise<RigPage>
  close(): Promise<void>
}
