import type { FileDetails } from '../api/shapes'
import { messages } from '../messages'
import classes from './Details.module.css'
import { Facts } from './Facts'

/** Tags that are looked for first; the others follow in the order of the alphabet. */
const FIRST = [
  ...['series', 'number', 'title', 'volume', 'count', 'year', 'month', 'day'],
  ...['publisher', 'imprint', 'writer', 'penciller', 'inker', 'colorist', 'letterer'],
  ...['cover_artist', 'editor', 'translator', 'genre', 'summary'],
]

/** Every tag that the comic carries. */
export function Tags({ file: { read, fault, tags } }: { file: FileDetails }) {
  if (tags) {
    const names = Object.keys(tags).sort(compare)
    const values: Record<string, unknown> = tags
    return <Facts facts={names.map((name) => [label(name), text(values[name])])} />
  }
  if (fault) return null
  return <p className={classes.none}>{read ? messages.details.untagged : messages.details.unread}</p>
}

function compare(one: string, other: string): number {
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return place(one) - place(other) || one.localeCompare(other)
}

/** Make "age_rating" read "Age rating", where there is no better word. */
function label(name: string): string {
  const known = messages.details.tag.get(name)
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
