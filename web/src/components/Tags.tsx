import type { FileDetails } from '../api/shapes'
import { messages } from '../messages'
import classes from './Details.module.css'
import { Facts } from './Facts'

/** Every tag that the comic carries, in the order in which it carries them. */
export function Tags({ file: { read, fault, tags } }: { file: FileDetails }) {
  if (tags) {
    return <Facts facts={Object.entries(tags).map(([name, value]) => [label(name), text(value)])} />
  }
  if (fault) return null
  return <p className={classes.none}>{read ? messages.details.untagged : messages.details.unread}</p>
}

/** Make "age_rating" read "Age rating", where there is no better word. */
function label(name: string): string {
  const known = messages.details.tag[name]
  if (known) return known
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A value as one text; nothing for what is empty. */
function text(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'boolean') return value ? messages.details.yes : messages.details.no
  if (Array.isArray(value)) return value.map(text).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
