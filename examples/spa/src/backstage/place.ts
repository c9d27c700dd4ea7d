/** Where tokens live, as a sentence, and what that means for whoever uses the page. */
export interface Place {
  readonly title: string
  readonly words: string
}
