/** What the page shows, as its address says it: the same names as in the API's query string. */

import type { Format, Listed } from './api/shapes'
import { type Place, PLACES } from './places'

export const FILTERS = ['all', 'unmarked', 'marked', 'duplicates'] as const
export const SORTS = ['name', 'date', 'size'] as const
export const DIRECTIONS = ['asc', 'desc'] as const
export const LOOKS = ['table', 'covers', 'folders'] as const
export const FORMATS = ['cbz', 'cbr', 'cb7', 'cbt'] as const satisfies readonly Format[]
export const BYS = ['pages', 'issue', 'overlap'] as const
export const PER_PAGE = [25, 50, 100, 200, 500] as const

export type Filter = (typeof FILTERS)[number]
export type Sort = (typeof SORTS)[number]
export type Direction = (typeof DIRECTIONS)[number]
export type By = (typeof BYS)[number]
export type Look = (typeof LOOKS)[number]

export interface View {
  place: Place
  look: Look
  search: string
  filter: Filter
  sort: Sort
  direction: Direction
  page: number
  per_page: number
  library: number | null
  series: string | null
  publisher: string | null
  year: number | null
  format: Format | null
  folder: string | null
  fault: boolean
  reason: string | null // for which comics could not be read
  missing: boolean
  file: number | null // whose details are open; in the history, whose alone is shown
  batch: number | null // that is open
  leaf: number | null // the page of the file that is shown large
  by: By // what duplicates have in common
}

export const DEFAULTS: View = {
  place: 'library',
  look: 'table',
  search: '',
  filter: 'all',
  sort: 'name',
  direction: 'asc',
  page: 1,
  per_page: 100,
  library: null,
  series: null,
  publisher: null,
  year: null,
  format: null,
  folder: null,
  fault: false,
  reason: null,
  missing: false,
  file: null,
  batch: null,
  leaf: null,
  by: 'pages',
}

/** All that opens above a place, closed. */
export const CLOSED = { file: null, batch: null, leaf: null } satisfies Partial<View>

/** All that narrows the list, set back to nothing. */
export const EVERYTHING: Partial<View> = {
  search: '',
  filter: 'all',
  library: null,
  series: null,
  publisher: null,
  year: null,
  format: null,
  folder: null,
  fault: false,
  reason: null,
  missing: false,
}

type Readers = { [Key in keyof View]: (written: string) => View[Key] | undefined }

/** How each value is read; undefined stands for words that mean nothing here. */
const READERS: Readers = {
  place: (written) => PLACES.find((known) => known === written),
  look: (written) => LOOKS.find((known) => known === written),
  search: readText,
  filter: (written) => FILTERS.find((known) => known === written),
  sort: (written) => SORTS.find((known) => known === written),
  direction: (written) => DIRECTIONS.find((known) => known === written),
  page: readNumber,
  per_page: (written) => PER_PAGE.find((known) => String(known) === written),
  library: readNumber,
  series: readText,
  publisher: readText,
  year: readNumber,
  format: (written) => FORMATS.find((known) => known === written),
  folder: readText,
  fault: (written) => written === 'true',
  reason: readText,
  missing: (written) => written === 'true',
  file: readNumber,
  batch: readNumber,
  leaf: readNumber,
  by: (written) => BYS.find((known) => known === written),
}

const KEYS = Object.keys(DEFAULTS) as (keyof View)[]

function readText(written: string): string | undefined {
  return written || undefined
}

function readNumber(written: string): number | undefined {
  return /^[1-9]\d{0,14}$/.test(written) ? Number(written) : undefined
}

/** Read a view from a query string; what is unknown or wrong there is the default. */
export function readView(query: string): View {
  const params = new URLSearchParams(query)
  const read = (key: keyof View) => {
    const written = params.get(key)
    return [key, (written === null ? undefined : READERS[key](written)) ?? DEFAULTS[key]]
  }
  return Object.fromEntries(KEYS.map(read)) as View
}

/** Write a view as a query string, with its question mark; defaults stay unsaid. */
export function writeView(view: View): string {
  const params = new URLSearchParams()
  for (const key of KEYS) {
    if (view[key] !== DEFAULTS[key]) params.set(key, String(view[key]))
  }
  return params.size ? `?${params}` : ''
}

/** The query string that asks the API for this view's list. */
export function listQuery(view: View): string {
  return writeView({ ...view, place: 'library', look: 'table', ...CLOSED, by: 'pages' })
}

/** What a view's list is narrowed to and sorted by, as a request for a batch says it. */
export function listed(view: View): Listed {
  const keys = [...(Object.keys(EVERYTHING) as (keyof View)[]), 'sort', 'direction'] as const
  const said = keys.filter((key) => view[key] !== DEFAULTS[key])
  return Object.fromEntries(said.map((key) => [key, view[key]])) as Listed
}

export function isNarrowed(view: View): boolean {
  return view.search !== '' || countFilters(view) > 0
}

/** How much narrows the list besides the search, which is seen where it is typed. */
export function countFilters(view: View): number {
  const keys = Object.keys(EVERYTHING) as (keyof View)[]
  return keys.filter((key) => key !== 'search' && view[key] !== DEFAULTS[key]).length
}

/** Whether this opens above the place, and closes again without any other change. */
export function isOpenable(key: string): key is keyof typeof CLOSED {
  return key in CLOSED
}

/** Whether the same comics are listed in the same order after this change. */
export function keepsList(wanted: Partial<View>): boolean {
  return Object.keys(wanted).every((key) => key === 'look' || key === 'page' || isOpenable(key))
}

/** Whether two views list the same comics in the same order, on whatever page. */
export function isSameList(one: View, other: View): boolean {
  return listQuery({ ...one, page: 1 }) === listQuery({ ...other, page: 1 })
}

/** Apply a change; whatever else is listed is listed from its first page. */
export function change(view: View, wanted: Partial<View>): View {
  const samePages = keepsList(wanted)
  return { ...view, ...(samePages ? {} : { page: 1 }), ...wanted }
}
