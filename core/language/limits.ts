/** Limits of reading a flow: name, unit, value, reason. Beyond them the reader answers at once with one diagnostic. */
export const languageLimits = {
  /** Lines of a flow. Twenty times the largest flow seen; reading them takes about half a second. */
  linesMax: 60_000,
  /** Lexical tokens of the text (a line of a flow has about eight), against texts made of brackets only. */
  tokensMax: 500_000,
  /** Tokens that fit nowhere, after which the rest of the text is not read: it is no flow. */
  strayTokensMax: 50,
  /** Values that aliases and merge keys may add, against "billion laughs". */
  aliasedValuesMax: 50_000,
  /** Nesting of maps and lists. A task ten flowables deep needs about 40. */
  depthMax: 200,
  /** Diagnostics of one flow; more would help nobody. */
  diagnosticsMax: 200,
  /** Errors taken over from the YAML reader: the first ones are causes, the rest consequences. */
  syntaxErrorsMax: 20,
} as const;
