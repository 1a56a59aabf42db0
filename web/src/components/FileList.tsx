import type { UseQueryResult } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import type { FilePage, Library } from '../api/shapes'
import { messages } from '../messages'
import type { Show } from '../useView'
import { isSameList, type View } from '../view'
import { Empty } from './Empty'
import classes from './FileList.module.css'
import { FileListing } from './FileListing'
import { FolderGroups } from './FolderGroups'
import { Loading } from './Loading'
import { ProblemAlert } from './ProblemAlert'

interface Props {
  view: View
  show: Show
  files: UseQueryResult<FilePage>
  scanning: boolean
  libraries: Library[] | undefined
}

/** The list, or what there is to say in its place; an old list stays while a new one is on its way. */
export function FileList({ view, show, files, scanning, libraries }: Props) {
  const { data, failureReason, isPlaceholderData, isFetching } = files
  useLastPage(view, show, data, isPlaceholderData)
  const listed = useLast(view, !isPlaceholderData)
  const hint = data && messages.stale
  const Groups = view.look === 'folders' ? FolderGroups : FileListing
  return (
    <section
      id="list"
      className={classes.list}
      tabIndex={-1}
      aria-label={messages.list.label}
      aria-busy={isFetching && (isPlaceholderData || !data)}
      data-old={!isSameList(listed, view) || undefined}
    >
      <h2 className={classes.heading}>{messages.list.label}</h2>
      {failureReason && (
        <ProblemAlert error={failureReason} onRetry={() => void files.refetch()} {...(hint && { hint })} />
      )}
      {!data && !failureReason && <Loading />}
      {data?.total_files === 0 && (
        <Empty view={view} show={show} scanning={scanning || data.cache_rebuilding} libraries={libraries} />
      )}
      {data && data.total_files > 0 && (
        <Groups
          key={view.look}
          view={{ ...listed, look: view.look }}
          show={show}
          page={data}
          scanning={scanning}
        />
      )}
    </section>
  )
}

/** The view whose list has arrived last. */
function useLast(view: View, hasArrived: boolean): View {
  const [last, setLast] = useState(view)
  if (hasArrived && last !== view) setLast(view)
  return hasArrived ? view : last
}

/** A page past the end is answered with the last one; the address then says so, too. */
function useLastPage(view: View, show: Show, data: FilePage | undefined, old: boolean): void {
  const page = data?.page
  const wrong = page !== undefined && !old && page !== view.page
  useEffect(() => {
    if (wrong) show({ page }, { replace: true })
  }, [wrong, page, show])
}
