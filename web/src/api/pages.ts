/** A comic's pages and cover: addresses that name the version of the file, so that browsers keep what is there. */

import { useQuery } from '@tanstack/react-query'

import { get } from './request'
import type { FileEntry, PageList } from './shapes'

/** The widths that the API makes covers of. */
type CoverWidth = 160 | 320 | 640

function versionOf({ modified, size }: FileEntry): string {
  return `v=${modified}-${size}`
}

export function coverAddress(file: FileEntry, width: CoverWidth): string {
  return `api/files/${file.id}/cover?width=${width}&${versionOf(file)}`
}

/** A page as it is in the archive, counted from 1. */
export function pageAddress(file: FileEntry, number: number): string {
  return `api/files/${file.id}/pages/${number}?${versionOf(file)}`
}

export function usePageList(file: FileEntry) {
  const address = `api/files/${file.id}/pages?${versionOf(file)}`
  return useQuery({
    queryKey: ['pages', address], // another version is another list, so no event asks for it anew
    queryFn: ({ signal }) => get<PageList>(address, signal),
    staleTime: Infinity,
  })
}

/** What is not there, or has no pages, is not asked for. */
export function isReadable({ missing, fault, page_count: pages }: FileEntry): boolean {
  return !missing && pages !== 0 && !(fault && pages === null)
}
