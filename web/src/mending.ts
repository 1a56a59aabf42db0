/** What a fault's sentence says is wrong, and how that is mended. */

import { messages } from './messages'

const { mend } = messages.broken

/** Where the sentence does not say it, or not all of it. */
const WAYS: [RegExp, string][] = [
  [/not a comic archive|not an archive of any kind|not a regular file|not a tar/, mend.noComic],
  [/no pages|archive is empty/, mend.noPages],
  [/\.xml|ComicBookInfo|CoMet|metadata/, mend.tags],
  [/within .* seconds|process that read/, mend.again],
  [/disk|permission|has gone|symbolic link/, mend.disk],
]

export interface Explained {
  what: string
  how: string
}

/** Part a sentence such as "The file is empty: copy it again." at its colon. */
export function explain(fault: string): Explained {
  const [what = fault, ...rest] = fault.split(': ')
  const said = rest.join(': ') || mend.other
  const how = WAYS.find(([words]) => words.test(fault))?.[1] ?? said
  return { what, how: how.slice(0, 1).toUpperCase() + how.slice(1) }
}
