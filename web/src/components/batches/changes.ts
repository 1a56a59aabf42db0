/** What a batch changes of a comic, as lines to be read: which field, from what, to what. */

import type { Values } from '../../api/shapes'
import { compare, label } from '../../fields'
import { messages } from '../../messages'

export interface Line {
  field: string
  name: string
  old: string
  new: string
}

const UNTOLD = new Set(['size', 'mtime_ns']) // they follow from the rest

/** Compare what a comic had with what it gets; what is not said of the latter stays. Without one it goes. */
export function lines(before: Values | null, after: Values | null): Line[] {
  const [old, next] = [before ?? {}, after ?? { path: '' }]
  return Object.keys(next)
    .sort(compare)
    .filter((field) => !UNTOLD.has(field) && write(old[field]) !== write(next[field]))
    .map((field) => ({ field, name: name(field), ...sides(field, write(old[field]), write(next[field])) }))
}

function name(field: string): string {
  return messages.batch.field.get(field) ?? label(field)
}

/** In a path only what differs is worth reading: the name, unless the comic gets another folder. */
function sides(field: string, old: string, next: string): { old: string; new: string } {
  const same = field === 'path' && old && next && folder(old) === folder(next)
  return same ? { old: baseName(old), new: baseName(next) } : { old, new: next }
}

function write(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? messages.batch.yes : messages.batch.no
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
