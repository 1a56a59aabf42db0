/** The fields of ComicInfo as people read them: their names, and the order in which they are looked for. */

import { messages } from './messages'

/** Those that are looked for first; the others follow in the order of the alphabet. */
const FIRST = [
  ...['path', 'series', 'number', 'title', 'volume', 'count', 'year', 'month', 'day'],
  ...['publisher', 'imprint', 'writer', 'penciller', 'inker', 'colorist', 'letterer'],
  ...['cover_artist', 'editor', 'translator', 'genre', 'summary'],
]

/** For sorting names of fields. */
export function compare(one: string, other: string): number {
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return place(one) - place(other) || one.localeCompare(other)
}

/** Make "age_rating" read "Age rating", where there is no better word. */
export function label(name: string): string {
  const known = messages.details.tag.get(name)
  if (known) return known
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
