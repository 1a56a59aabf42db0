import { Button } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'

import { useFiles } from '../api/queries'
import { tracks, useColumns } from '../columns'
import { count } from '../human'
import { messages } from '../messages'
import type { Show } from '../useView'
import type { View } from '../view'
import { Answer } from './Answer'
import { useListed } from './Choosing'
import { ChooseFolder } from './ChooseFolder'
import { FileRow } from './FileRow'
import table from './FileTable.module.css'
import classes from './FolderGroups.module.css'

const SHOWN = 25 // comics of a folder, before it is opened as a list of its own

interface Props {
  folder: string // its path
  files: number // of the list, in it or below
  view: View
  show: Show
}

/** A folder with its number of comics, the first of which it shows when it is unfolded. */
export function FolderGroup({ folder, files, view, show }: Props) {
  const [isOpen, setOpen] = useState(false)
  const inFolder: View = { ...view, folder, page: 1, per_page: SHOWN }
  const name = folder.split('/').at(-1) ?? folder
  return (
    <li className={classes.group}>
      <div className={classes.heading}>
        <ChooseFolder view={inFolder} name={name} isOpen={isOpen} />
        <button
          type="button"
          className={classes.fold}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <IconChevronRight size={16} stroke={2} aria-hidden="true" />
          <span>{name}</span>
          <span className={classes.count}>{count(files)}</span>
        </button>
        <Button size="compact-sm" variant="subtle" onClick={() => show({ folder })}>
          {messages.folders.open}
        </Button>
      </div>
      {isOpen && <FirstFiles view={inFolder} show={show} files={files} />}
    </li>
  )
}

function FirstFiles({ view, show, files }: Pick<Props, 'view' | 'show' | 'files'>) {
  const page = useFiles(view, false)
  const ids = useListed(page.data?.files ?? [])
  const columns = useColumns()
  const style = {
    '--wide': tracks(columns),
    '--narrow': tracks(columns.filter((column) => column !== 'folder')),
  }
  return (
    <Answer query={page}>
      {(shown) => (
        <>
          <table className={table.table} style={style} role="table" aria-label={view.folder ?? ''}>
            <tbody role="rowgroup">
              {shown.files.map((file, item) => (
                <FileRow key={file.id} file={file} item={item} columns={columns} ids={ids} show={show} />
              ))}
            </tbody>
          </table>
          {files > SHOWN && (
            <Button
              size="compact-sm"
              variant="subtle"
              onClick={() => show({ folder: view.folder, look: 'table' })}
            >
              {messages.folders.all(files)}
            </Button>
          )}
        </>
      )}
    </Answer>
  )
}
