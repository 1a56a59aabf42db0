import type { Library } from '../api/shapes'

export type Totals = Pick<Library, 'files' | 'unmarked' | 'marked' | 'duplicates' | 'faulty' | 'missing'>

/** Add up the counts of all libraries, once they are known. */
export function addUp(libraries: Library[] | undefined): Totals | undefined {
  const sum = (key: keyof Totals) => (libraries ?? []).reduce((all, library) => all + library[key], 0)
  return (
    libraries && {
      files: sum('files'),
      unmarked: sum('unmarked'),
      marked: sum('marked'),
      duplicates: sum('duplicates'),
      faulty: sum('faulty'),
      missing: sum('missing'),
    }
  )
}
