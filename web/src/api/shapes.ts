/** What the API answers, under the names that its own description gives. */

import type { components } from './schema'

type Schemas = components['schemas']

export type AuditEntry = Schemas['Entry']
export type AuditPage = Schemas['AuditPage']
export type Batch = Schemas['Batch']
export type BatchPage = Schemas['BatchPage']
export type DuplicateGroup = Schemas['DuplicateGroup']
export type DuplicateList = Schemas['DuplicateList']
export type FacetCounts = Schemas['FacetCounts']
export type FileDetails = Schemas['FileDetails']
export type FileEntry = Schemas['FileEntry']
export type FilePage = Schemas['FilePage']
export type Format = NonNullable<FileEntry['format']>
export type Forgotten = Schemas['Forgotten']
export type Health = Schemas['Health']
export type Level = Schemas['Level']
export type Library = Schemas['Library']
export type LibraryChange = Schemas['LibraryChange']
export type LibraryList = Schemas['LibraryList']
export type Listed = Partial<Schemas['Listed']>
export type Logs = Schemas['Logs']
export type MissingFile = Schemas['MissingFile']
export type MissingList = Schemas['MissingList']
export type NamePreview = Schemas['NamePreview']
export type NamePreviews = Schemas['NamePreviews']
export type NewLibrary = Schemas['NewLibrary']
export type NewToken = Schemas['NewToken']
export type NewUser = Schemas['NewUser']
export type PlaceOnDisk = Schemas['Place']
export type PageEntry = Schemas['PageEntry']
export type PageList = Schemas['PageList']
export type QueuedScans = Schemas['QueuedScans']
export type Scan = Schemas['Scan']
export type ScanList = Schemas['ScanList']
export type Session = Schemas['Session']
export type Settings = Schemas['Settings']
export type Share = Schemas['Share']
export type Statistics = Schemas['StatisticsShown']
export type Token = Schemas['Token']
export type TokenList = Schemas['TokenList']
export type TokenMade = Schemas['TokenMade']
export type User = Schemas['User']
export type UserChange = Schemas['UserChange']
export type UserList = Schemas['UserList']
export type Version = Schemas['Version']

/** What is to be done to which comics; all but the kind may be left unsaid. */
export type NewBatch = Pick<Schemas['NewBatch'], 'kind'> &
  Partial<Omit<Schemas['NewBatch'], 'kind' | 'filter' | 'edits'>> & {
    filter?: Listed
    edits?: { edits: Edit[] }
  }

/** A change of one field, without what it leaves as it usually is. */
export type Edit =
  | Schemas['Set']
  | Schemas['Fill']
  | Schemas['Clear']
  | Schemas['Renumber']
  | Schemas['NumberFromName']
  | Pick<Schemas['Replace'], 'do' | 'field' | 'find' | 'by'> &
      Partial<Pick<Schemas['Replace'], 'wildcards' | 'ignore_case'>>

/** What a comic had or is to have: its path, marks, and those tags that differ. */
export type Values = Record<string, unknown>

export type Item = Omit<Schemas['Item'], 'before' | 'after'> & { before: Values | null; after: Values | null }
export type ItemPage = Omit<Schemas['ItemPage'], 'items'> & { items: Item[] }

export type HistoryEntry = Omit<Schemas['HistoryEntry'], 'before' | 'after'> & {
  before: Values
  after: Values | null
}
export type HistoryPage = Omit<Schemas['HistoryPage'], 'history'> & { history: HistoryEntry[] }

/** Which items of a preview are done: all but some, or some alone. */
export type Start = Partial<Schemas['Start']>
