import type { FileDetails } from '../api/shapes'
import { compare, label } from '../fields'
import { messages } from '../messages'
import classes from './Details.module.css'
import { type Fact, Facts } from './Facts'

/** Where most tags are from, so that only others are named. */
const USUAL = 'ComicInfo'

/** What is not in the comic but is told by where it lies. */
const OUTSIDE = ['file name', 'folder']

/** Every tag, be it the comic's own or what its name and folder tell. */
export function Tags({ file: { fault, tags, provenance } }: { file: FileDetails }) {
  if (!tags || !provenance) return <p className={classes.none}>{messages.details.unread}</p>
  const isTagged = Object.values(provenance).some((source) => !OUTSIDE.includes(source))
  const values: Record<string, unknown> = tags
  const facts = Object.keys(tags)
    .filter((name) => name !== 'pages') // one entry a page: the facts of the file count them
    .sort(compare)
    .map((name): Fact => [label(name), String(values[name]), source(provenance[name])])
  return (
    <>
      {!isTagged && !fault && <p className={classes.none}>{messages.details.untagged}</p>}
      <Facts facts={facts} />
    </>
  )
}

function source(name: string | undefined): string | undefined {
  return name === USUAL ? undefined : name && (messages.details.source.get(name) ?? name)
}
