/** What the API answers, under the names that its own description gives. */

import type { components } from './schema'

type Schemas = components['schemas']

export type FileDetails = Schemas['FileDetails']
export type FileEntry = Schemas['FileEntry']
export type FilePage = Schemas['FilePage']
export type Format = NonNullable<FileEntry['format']>
export type Library = Schemas['Library']
export type LibraryChange = Schemas['LibraryChange']
export type LibraryList = Schemas['LibraryList']
export type NewLibrary = Schemas['NewLibrary']
export type QueuedScans = Schemas['QueuedScans']
export type Scan = Schemas['Scan']
export type ScanList = Schemas['ScanList']
export type Version = Schemas['Version']
